import { quantileSorted } from 'd3-array';
import fc from 'fast-check';
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distribution } from '../../src/analysis/distribution.ts';
import { sortNumbers } from '../../src/analysis/sort-numbers.ts';
import { latencyOf } from '../../src/analysis/latency.ts';
import { histogram, latencyQuantiles } from '../../src/analysis/merged-histogram.ts';
import { type Experiment, openExperiment } from '../../src/results/experiment.ts';
import { PhaseHistograms, decodeHistogram, emptyHistogram, histogramPrecisionRatio } from '../../src/results/phase-histograms.ts';
import { buildExperiment, replaceTables, writeExperiment } from '../support/build-experiment.ts';
import { handmadeExperiment, run, task, zeroMs } from '../support/handmade-experiment.ts';

/** `experiment` with the table that orchlab would have written, one window a second. */
function withHistograms(experiment: Experiment, windowSeconds = 1): Experiment {
  const counted = new PhaseHistograms({ originMs: experiment.runs.get('sentMs', 0), windowSeconds });
  const due = experiment.runs.array('dueMs') as ArrayLike<number>;
  for (const row of experiment.tasks.objects({ limit: Infinity }) as readonly Record<string, number>[]) {
    if (String(row['status']) !== 'finished') continue;
    const { createdMs = 0, dispatchedMs = 0, startedMs = 0, finishedMs = 0, runIndex = 0 } = row;
    counted.add({ wantedMs: due[runIndex] ?? Number.NaN, createdMs, dispatchedMs, startedMs, finishedMs });
  }
  return replaceTables(experiment, { histograms: [...counted.rows()] });
}

/** An experiment of one task for each latency in seconds, created at zero. */
function ofLatencies(seconds: readonly number[]): Experiment {
  const tasks = seconds.map((value, taskIndex) => task('finished', { created: 0, finished: value * 1000 }, { taskIndex }));
  return withHistograms(handmadeExperiment({ runs: [run(0, 0, 1)], tasksPerRun: tasks.length, tasks }));
}

function expectClose(actual: number, exact: number): void {
  if (Number.isNaN(exact)) expect(actual).toBeNaN();
  else expect(Math.abs(actual - exact)).toBeLessThanOrEqual(Math.max(1e-6, histogramPrecisionRatio * exact) * 1.000001);
}

// Whole microseconds of a double near 1.8e12 ms would round: latencies here are multiples of 1/4 ms.
const latencies = fc.array(
  fc.integer({ min: 0, max: 4 * 20_000 }).map((quarters) => quarters / 4000),
  { minLength: 1, maxLength: 60 },
);

describe('histogram', () => {
  it('gives the quantiles of the pooled tasks of any number of experiments, to its precision', () => {
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 4 }), (groups) => {
        const merged = histogram(groups.map(ofLatencies));
        const pooled = distribution(groups.flat());
        expect(merged.count).toBe(pooled.count);
        expectClose(merged.quantileSeconds(0), pooled.min);
        const sorted = sortNumbers(groups.flat());
        for (const p of [0.5, 0.9, 0.99, 0.999]) expectClose(merged.quantileSeconds(p), quantileSorted(sorted, p) ?? Number.NaN);
        expectClose(merged.quantileSeconds(1), pooled.max);
        expectClose(merged.meanSeconds, pooled.avg);
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the order or grouping of what is added', () => {
    const encoded = (parts: readonly (readonly number[])[]): readonly string[] =>
      parts.map((values) => {
        const one = emptyHistogram();
        for (const value of values) one.recordValue(value);
        return encodeIntoCompressedBase64(one);
      });
    const values = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [first = '', second = '', third = ''] = encoded([a, b, c]);
        const add = (left: ReturnType<typeof decodeHistogram>, right: string): typeof left => (left.add(decodeHistogram(right)), left);
        const left = add(add(decodeHistogram(first), second), third);
        const right = emptyHistogram();
        right.add(decodeHistogram(first));
        right.add(add(decodeHistogram(third), second));
        const counts = (of: typeof left): readonly (readonly [number, number])[] =>
          Array.from({ length: of.countsArrayIndex(of.maxValue) + 1 }, (_, index) => [index, of.getCountAtIndex(index)] as const).filter(
            ([, count]) => count > 0,
          );
        expect(counts(right)).toEqual(counts(left));
        expect(right.totalCount).toBe(a.length + b.length + c.length);
      }),
      { numRuns: 40 },
    );
  });

  it('looks at whole windows, and says which', () => {
    const experiment = ofLatencies([0.5, 1.25, 1.5, 3.75]);
    expect(histogram(experiment, { fromSeconds: 1, toSeconds: 3 })).toMatchObject({ count: 2, fromSeconds: 1, toSeconds: 2 });
    expect(histogram(experiment, { fromSeconds: 1, toSeconds: 3 }).steps.map(({ count }) => count)).toEqual([1, 1]);
    expect(histogram(experiment, { fromSeconds: 1.9, toSeconds: 3.1 })).toMatchObject({ count: 3, fromSeconds: 1, toSeconds: 4 });
    expect(histogram(experiment)).toMatchObject({ count: 4, fromSeconds: 0, toSeconds: 4, precisionRatio: 0.001 });
  });

  it('has nothing where no task finished', () => {
    const experiment = ofLatencies([0.5]);
    const none = histogram(experiment, { fromSeconds: 2, toSeconds: 3 });
    expect(none).toMatchObject({ count: 0, fromSeconds: Number.NaN, meanSeconds: Number.NaN, steps: [] });
    expect(none.quantileSeconds(0.5)).toBeNaN();
    expect(histogram([]).count).toBe(0);
    expect(() => none.quantileSeconds(50)).toThrow('expected p from 0 to 1, got 50');
  });

  it('counts a time below zero as zero', () => {
    const counted = new PhaseHistograms({ originMs: zeroMs, windowSeconds: 1 });
    const at = { dispatchedMs: zeroMs, startedMs: zeroMs, finishedMs: zeroMs };
    counted.add({ ...at, wantedMs: zeroMs + 2, createdMs: zeroMs });
    const due = [...counted.rows()].find(({ phase }) => phase === 'response');
    expect(decodeHistogram(due?.encoded ?? '').maxValue).toBe(0);
    expect(due?.count).toBe(1);
  });
});

describe('latencyQuantiles', () => {
  const experiment = buildExperiment({ runs: 300, failures: 10, lost: 3 });

  it.each([
    ['from the table', withHistograms(experiment)],
    ['from the tasks of older results', experiment],
  ])('is what latency says, to its precision: %s', (_, source) => {
    const exact = latencyOf(experiment).objects() as Record<string, number>[];
    const merged = latencyQuantiles(source).objects() as Record<string, number>[];
    expect(merged.map((row) => row['phase'])).toEqual(exact.map((row) => row['phase']));
    for (const [index, row] of exact.entries()) {
      expect(merged[index]?.['count']).toBe(row['count']);
      for (const name of ['avgSeconds', 'minSeconds', 'p50Seconds', 'p90Seconds', 'p99Seconds', 'p999Seconds', 'maxSeconds'])
        expectClose(merged[index]?.[name] ?? Number.NaN, row[name] ?? Number.NaN);
    }
  });

  it('survives the file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'orchlab-histograms-'));
    try {
      const written = withHistograms(experiment, 0.5);
      await writeExperiment(written, join(directory, 'one'));
      const opened = await openExperiment(join(directory, 'one'));
      expect(opened.histograms.numRows()).toBeGreaterThan(10);
      expect(latencyQuantiles([opened, written]).objects()).toEqual(latencyQuantiles([written, written]).objects());
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
