import { table } from 'arquero';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { latency } from '../../src/analysis/latency.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { verdict } from '../../src/analysis/verdict.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { plot } from '../../src/plots/own-plot.ts';
import { asPlot, isPlot } from '../../src/plots/plot.ts';
import { toRichOutput, toText } from '../../src/report/mime-bundle.ts';
import { isRich, partsOf, show } from '../../src/report/show.ts';
import { History } from '../../src/report/sparkline.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { buildExperiment } from '../support/build-experiment.ts';

afterEach(() => void vi.restoreAllMocks());

test('in a script, show prints text', () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => Boolean(written.push(String(chunk))));
  show(table({ phase: ['wait', 'latency'], p50Seconds: [0.25, 1.5] }));
  show('text');
  vi.restoreAllMocks();
  expect(written).toEqual([expect.stringMatching(/^phase +p50Seconds\nwait +0\.25\d*\nlatency +1\.50*\n$/), 'text\n']);
});

describe('toText', () => {
  test('a long table says how many rows it has', () => {
    const long = table({ n: Array.from({ length: 5000 }, (_, index) => index) });
    expect(toText(long, { limit: 2 }).split('\n')).toEqual(['n', '0', '1', '2 of 5,000 rows']);
  });

  test('a forgotten await is pointed out', () => {
    expect(toText(Promise.resolve(1))).toContain('write `await` before it');
  });

  test('an experiment is its card', () => {
    const text = toText(buildExperiment({ config: 'standard', warnings: ['Mind the gap.'], failures: 2 }));
    expect(text).toMatch(/^Experiment \S+-standard: standard on dbos 5\.3\.0, done\n/);
    expect(text).toMatch(/tasks +498 of 500 finished\n +failed, cancelled, lost +2, 0, 0\n/);
    expect(text).toContain('warning: Mind the gap.');
  });
});

describe('values of every kind', () => {
  const experiment = buildExperiment({ config: 'standard' });
  const config = createConfig({ workflows: 20, tasks_per_workflow: 5, duration: 0.1, arrival: { poisson: 4 } }, 'mine');
  const rows = Array.from({ length: 1000 }, (_, n) => ({ n, latencySeconds: n / 1000 }));
  const html = (value: unknown): string => String(toRichOutput(value)?.data['text/html']);

  test('a config says in words what it does', () => {
    expect(toText(config).split('\n').slice(0, 3)).toEqual([
      'Config mine on dbos',
      '  load                20 runs of 5 tasks (100 tasks), poisson, 4 runs/s (seed 1)',
      '  a task              works 0.1 s in a process of its own (perf-task.sh)',
    ]);
    expect(html(config)).toContain('<b>mine</b> on dbos');
  });

  test('a list of configs is a table', () => {
    expect(isRich([config, config])).toBe(true);
    expect(toText([config, { ...config, name: 'other', arrival: 'burst' }])).toMatch(
      /^config +target +load +taskDurationSeconds +executor\nmine +dbos +20 runs of 5 tasks \(100 tasks\), poisson, 4 runs\/s \(seed 1\) +0\.100 +process\nother .*all at once/,
    );
  });

  test('a summary has its phases, its processes and the verdict', () => {
    const summary = summarize(experiment);
    expect(html(summary)).toMatch(/500 of 500 tasks finished[^]*<td[^>]*>response time<[^]*<td[^>]*>sampler</);
    expect(html(summary)).toContain(summary.verdict.sentence.slice(0, 20));
    expect(toText(summary)).toBe(textSummary(summary));
  });

  test('a verdict is its sentence', () => {
    const found = verdict(experiment);
    expect(toText(found)).toBe(
      [`Limited by: ${found.limitedBy}`, `  ${found.sentence}`, ...found.notes.map((note) => `  note: ${note}`)].join('\n'),
    );
  });

  test('a list of experiments is a table of the newest, a list of rows of the first', () => {
    const text = toText(Array.from({ length: 25 }, () => experiment));
    expect(text).toMatch(/^experiment +config +target /);
    expect(text.split('\n')).toHaveLength(22);
    expect(text).toMatch(/\n20 of 25 rows$/);
    expect(toText(rows, { limit: 2 }).split('\n')).toEqual([
      'n  latencySeconds',
      '0          0.0000',
      '1          0.0010',
      '2 of 1,000 rows',
    ]);
    expect(html(rows)).toContain('20 of 1,000 rows');
    expect(toText([{ a: 1 }, { b: 'x' }]).split('\n')).toEqual(['a  b', '1  –', '–  x']);
  });

  test('each of a list of tables and plots is shown', () => {
    expect(partsOf([latency(experiment), plot({ mark: 'bar' })])).toHaveLength(2);
    expect([partsOf([experiment]), partsOf([]), partsOf([1]), partsOf('text')]).toEqual([undefined, undefined, undefined, undefined]);
    for (const rich of [[experiment], [latency(experiment)], config, rows]) expect(isRich(rich)).toBe(true);
    for (const text of [[1, 2], {}, 'text', undefined]) expect(isRich(text)).toBe(false);
  });

  test('what is inside another value is a few words, and nothing is longer than one reads', () => {
    const text = toText({ experiment, table: latency(experiment), plots: [plot({ mark: 'bar', title: 'Bars' })] });
    expect(text).toContain(`[experiment ${experiment.name}: done]`);
    expect(text).toMatch(/\[table: 6 rows of phase, count, /);
    expect(text).toContain('[plot: Bars]');
    expect(text.length).toBeLessThan(1000);
    expect(toText('x'.repeat(1e6)).length).toBeLessThan(21_000);
    expect(toText(new Float64Array(1e6)).length).toBeLessThan(2000);
    expect(toText({ deep: { er: { and: { deeper: { still: { here: 1 } } } } } })).not.toContain('[object Object]');
  });
});

test('the card escapes what it is given, and names the experiment beside its output', () => {
  const experiment = buildExperiment({ config: '<script>', warnings: ['<b>'], reason: 'a < b', status: 'failed' });
  const { data, metadata } = toRichOutput(experiment) ?? {};
  expect(metadata).toEqual({ orchlab: { experiment: experiment.name } });
  expect(String(data?.['text/html'])).not.toMatch(/<script|<b>(Mind|<)|a < b/);
  expect(String(data?.['text/html'])).toContain('&lt;script&gt; on dbos');
});

test('a plot is marked without a change to its JSON or its keys', () => {
  const spec = asPlot({ data: { values: [] }, mark: 'bar' });
  expect([isPlot(spec), isPlot({ mark: 'bar' }), isPlot(null)]).toEqual([true, false, false]);
  expect(JSON.stringify(spec)).toBe('{"data":{"values":[]},"mark":"bar"}');
  expect({ ...spec }).toEqual({ data: { values: [] }, mark: 'bar' });
});

test('a history keeps the whole time in view', () => {
  const history = new History(100);
  for (let index = 0; index < 10_000; index++) history.add(index);
  expect(history.values.length).toBeGreaterThanOrEqual(100);
  expect(history.values.length).toBeLessThan(200);
  expect(history.values[0]).toBe(0);
  expect(history.values.at(-1)).toBeGreaterThan(9800);
});
