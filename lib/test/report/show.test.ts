import { table } from 'arquero';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isPlot, plot } from '../../src/plots/plot.ts';
import { toRichOutput, toText } from '../../src/report/mime-bundle.ts';
import { show } from '../../src/report/show.ts';
import { History } from '../../src/report/sparkline.ts';
import { buildExperiment } from '../support/build-experiment.ts';

afterEach(() => void vi.restoreAllMocks());

test('in a script, show prints text', () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => Boolean(written.push(String(chunk))));
  show(table({ phase: ['wait', 'latency'], p50Seconds: [0.25, 1.5] }));
  show('text');
  vi.restoreAllMocks();
  expect(written).toEqual([expect.stringMatching(/^phase +p50 \(s\)\nwait +0\.25\d*\nlatency +1\.50*\n$/), 'text\n']);
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

test('the card escapes what it is given, and names the experiment beside its output', () => {
  const experiment = buildExperiment({ config: '<script>', warnings: ['<b>'], reason: 'a < b', status: 'failed' });
  const { data, metadata } = toRichOutput(experiment) ?? {};
  expect(metadata).toEqual({ orchlab: { experiment: experiment.name } });
  expect(String(data?.['text/html'])).not.toMatch(/<script|<b>(Mind|<)|a < b/);
  expect(String(data?.['text/html'])).toContain('&lt;script&gt; on dbos');
});

test('a plot is marked without a change to its JSON or its keys', () => {
  const spec = plot({ data: { values: [] }, mark: 'bar' });
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
