import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveSummary, summaryOf } from '../../src/analysis/saved-summary.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { toText } from '../../src/report/mime-bundle.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { findAllSeries } from '../../src/results/find-series.ts';
import { DamagedResultsError, mostRecordBytes } from '../../src/results/read-record.ts';
import { openSeries } from '../../src/results/series.ts';
import { tableNames } from '../../src/results/tables.ts';
import { buildExperiment, writeExperiment } from '../support/build-experiment.ts';
import { hostileValue, propertyRuns, terminalControls } from '../support/hostile.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

const built = buildExperiment({ runs: 20, tasksPerRun: 2, durationSeconds: 0.01 });
let workspace: TemporaryWorkspace;
let directory: string;
beforeEach(async () => {
  workspace = temporaryWorkspace();
  directory = join(workspace.results, built.name);
  await writeExperiment(built, directory);
});
afterEach(() => workspace[Symbol.dispose]());

/** Opens it, looks at every value of every table, and at what is shown: `shown`, `damaged` with words, or whatever else was thrown. */
async function look(): Promise<'shown' | 'damaged'> {
  try {
    const experiment = await openExperiment(directory);
    for (const { reason } of experiment.damage) expect(reason).toMatch(/\w+ \w+/);
    for (const name of tableNames) for (const column of experiment[name].columnNames()) experiment[name].array(column);
    const summary = summarize(experiment);
    expect(textSummary(summary)).not.toMatch(terminalControls);
    return summary.damage === null ? 'shown' : 'damaged';
  } catch (error) {
    if (!(error instanceof DamagedResultsError)) throw error;
    expect(error.message).toMatch(/expected|can't be read/);
    return 'damaged';
  }
}

/** Does `work` on the bytes of a file, and puts them back. */
async function withFile<T>(name: string, change: (bytes: Buffer) => Buffer, work: () => Promise<T>): Promise<T> {
  const path = join(directory, name);
  const bytes = readFileSync(path);
  try {
    writeFileSync(path, change(Buffer.from(bytes)));
    return await work();
  } finally {
    writeFileSync(path, bytes);
  }
}

const someTable = fc
  .constantFrom(...(['tasks', 'runs', 'processes', 'counts', 'statements', 'events'] as const))
  .map((name) => `${name}.arrow`);

describe('an Arrow file', () => {
  it('with a few bytes that are others is shown, or its damage is', async () => {
    // What numbers and lengths are made of, more often than not at their edges.
    const edge = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff);
    const overwritten = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bytes: fc.array(fc.oneof(edge, fc.nat(255)), { minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(someTable, fc.array(overwritten, { minLength: 1, maxLength: 5 }), fc.boolean(), async (file, changes, isAtStart) => {
        const change = (bytes: Buffer): Buffer => {
          for (const { at, bytes: others } of changes)
            bytes.set(others.slice(0, 8), Math.floor(at * ((isAtStart ? Math.min(bytes.length, 2500) : bytes.length) - 8)));
          return bytes;
        };
        expect(['shown', 'damaged']).toContain(await withFile(file, change, look));
      }),
      propertyRuns(60),
    );
  });

  it('cut anywhere is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (share) => {
        const cut = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(share * bytes.length));
        expect(await withFile('tasks.arrow', cut, look)).toBe('damaged');
      }),
      propertyRuns(15),
    );
  });

  it('of another table is shown, or its damage is', async () => {
    await fc.assert(
      fc.asyncProperty(someTable, someTable, async (file, other) => {
        const bytes = readFileSync(join(directory, other));
        expect(['shown', 'damaged']).toContain(await withFile(file, () => bytes, look));
      }),
      propertyRuns(15),
    );
  });

  it('with lengths that no file has takes no memory for them', async () => {
    const before = process.memoryUsage.rss();
    const most = Math.min(readFileSync(join(directory, 'runs.arrow')).length, 2600) - 4;
    // In the metadata of the first messages, and in the index of a run: rows, columns, parts, bytes of a column.
    const place = fc.integer({ min: 2, max: Math.floor(most / 4) }).map((word) => 4 * word);
    const claim = fc.constantFrom(0x7fffffff, 0x7ffffff0, 0xffffffff, 0x10000000, 0x00ffffff);
    await fc.assert(
      fc.asyncProperty(place, claim, async (at, claimed) => {
        const bomb = (bytes: Buffer): Buffer => {
          bytes.writeUInt32LE(claimed, at);
          return bytes;
        };
        expect(['shown', 'damaged']).toContain(await withFile('runs.arrow', bomb, look));
      }),
      propertyRuns(100),
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(500e6);
  });

  it.each([1e15, 1e300, -1e300, Number.NaN, Infinity])('with a time of %d takes no memory for what would lie between', async (time) => {
    const before = process.memoryUsage.rss();
    for (const file of ['tasks.arrow', 'runs.arrow', 'counts.arrow', 'processes.arrow']) {
      const size = readFileSync(join(directory, file)).length;
      // Values, at six places of the bodies behind the metadata.
      for (let place = 2; place < 8; place++) {
        const at = Math.floor((size * place) / 64) * 8;
        const damaged = (bytes: Buffer): Buffer => {
          bytes.writeDoubleLE(time, at);
          return bytes;
        };
        expect(['shown', 'damaged']).toContain(await withFile(file, damaged, look));
      }
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(500e6);
  });
});

/** The same JSON with the value at one path replaced. */
function replaced(json: unknown, path: readonly number[], value: unknown): unknown {
  const [index, ...rest] = path;
  if (index === undefined || typeof json !== 'object' || json === null) return value;
  const keys = Object.keys(json);
  const key = keys[index % keys.length];
  if (key === undefined) return value;
  const copy = structuredClone(json) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}

const pathInJson = fc.array(fc.nat(100), { maxLength: 4 });

it('a manifest with anything in it is shown without control characters, or a DamagedResultsError', async () => {
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as unknown;
  await fc.assert(
    fc.asyncProperty(pathInJson, hostileValue, async (at, value) => {
      const changed = Buffer.from(JSON.stringify(replaced(manifest, at, value)));
      expect(['shown', 'damaged']).toContain(await withFile('manifest.json', () => changed, look));
    }),
    propertyRuns(100),
  );
});

const seriesOf = (experiment: string): object => ({
  formatVersion: 1,
  kind: 'sweep',
  name: 's',
  config: 'c',
  status: 'done',
  seed: 1,
  orchlab: '1',
  request: {},
  runner: null,
  startedMs: 1,
  endedMs: 2,
  total: 1,
  steps: [{ key: 'a', label: 'a', settings: { duration: 1 }, round: 1, experiment, status: 'done', startedMs: 1, endedMs: 2 }],
});

it('a record of a series with anything in it is a series, or a DamagedResultsError', async () => {
  const record = seriesOf(built.name);
  await fc.assert(
    fc.asyncProperty(pathInJson, hostileValue, async (at, value) => {
      writeFileSync(join(directory, 'series.json'), JSON.stringify(replaced(record, at, value)));
      const damaged: Error[] = [];
      const found = await findAllSeries({ directory: workspace.results, onDamaged: (error) => damaged.push(error) });
      expect(found.length + damaged.length).toBe(1);
    }),
    propertyRuns(),
  );
});

it('a step of a series leads to no directory outside of it', async () => {
  writeFileSync(join(directory, 'series.json'), JSON.stringify({ ...seriesOf('../elsewhere') }));
  await expect(openSeries(directory)).rejects.toThrow(/steps\.0\.experiment \(expected the name of a directory\)/);
});

describe('a summary.json of somebody else', () => {
  const path = (): string => join(directory, 'summary.json');

  it('is ignored', async () => {
    await fc.assert(
      fc.asyncProperty(hostileValue, async (value) => {
        writeFileSync(path(), JSON.stringify(value));
        expect(summaryOf(await openExperiment(directory)).tasks.finished).toBe(40);
      }),
      propertyRuns(),
    );
  });

  it('that says it was made of these files, with anything in it, is shown as far as it is one, else worked out anew with a warning', async () => {
    await saveSummary(await openExperiment(directory));
    const saved = JSON.parse(readFileSync(path(), 'utf8')) as { summary: object };
    const own = summaryOf(await openExperiment(directory));
    expect(own.warnings).toEqual([]);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(pathInJson, hostileValue, async (at, value) => {
        writeFileSync(path(), JSON.stringify({ ...saved, summary: replaced(saved.summary, at, value) }));
        const experiment = await openExperiment(directory);
        const summary = summaryOf(experiment);
        // Nothing throws; what is printed of it goes through `printable`.
        expect(textSummary(summary)).toContain('Results: ');
        expect(toText(experiment)).toContain(built.name);
        const anew = summary.warnings.filter((each) => each.startsWith('The figures were worked out anew: '));
        if (anew.length === 0) return;
        refused++;
        expect(summary).toEqual({ ...summarize(experiment), warnings: anew });
      }),
      propertyRuns(100),
    );
    expect(refused).toBeGreaterThan(10);
  });

  it.each([
    ['deeper than any', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /expected at most 100 levels of blocks, got more/],
    ['cut off', '{"formatVersion": 4,', /something that can't be read/],
    ['of another kind', '[]', /wrong content/],
  ])('%s is worked out anew, with one line', async (_, text, expected) => {
    writeFileSync(path(), text);
    const { warnings, tasks } = summaryOf(await openExperiment(directory));
    expect(tasks.finished).toBe(40);
    expect(warnings).toEqual([expect.stringMatching(expected)]);
    expect(warnings[0]).not.toContain('\n');
  });
});

describe('a baseline.json of somebody else', () => {
  const path = (): string => join(directory, 'baseline.json');
  const comparison = {
    title: 'these',
    baseline: 'before',
    baselineExperiments: ['one'],
    experiments: [built.name],
    results: [
      {
        threshold: 'response.p99 < baseline + 5 %',
        figure: 'response.p99',
        title: 'response time',
        unit: 'seconds',
        comparator: '<',
        outcome: 'passed',
        value: 1,
        bound: null,
        excess: 0,
        reason: 'it is',
      },
    ],
  };

  it('with anything in it is shown, or is a warning', async () => {
    await fc.assert(
      fc.asyncProperty(pathInJson, hostileValue, async (at, value) => {
        writeFileSync(path(), JSON.stringify(replaced(comparison, at, value)));
        const summary = summaryOf(await openExperiment(directory));
        expect(textSummary(summary)).toContain('Results: ');
        expect(summary.baseline === null).toBe(summary.warnings.length === 1);
      }),
      propertyRuns(),
    );
  });

  it.each([
    [
      '"NaN" in place of a number',
      () => JSON.stringify({ ...comparison, results: [{ ...comparison.results[0], value: 'NaN' }] }),
      /results\.0\.value/,
    ],
    ['a cycle of names: it is its own baseline', () => JSON.stringify({ ...comparison, baselineExperiments: [built.name] }), undefined],
    ['a hundred thousand levels', () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, /at most 100 levels/],
    ['more bytes than any has', () => ' '.repeat(mostRecordBytes + 1), /expected at most 67108864 bytes, got 67108865/],
  ])('with %s', async (_, text, expected) => {
    writeFileSync(path(), text());
    const { warnings, baseline } = summaryOf(await openExperiment(directory));
    if (expected === undefined) expect({ warnings, baseline }).toEqual({ warnings: [], baseline: JSON.parse(text()) });
    else expect({ warnings, baseline }).toEqual({ warnings: [expect.stringMatching(expected)], baseline: null });
  });
});
