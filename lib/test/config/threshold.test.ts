import { describe, expect, it } from 'vitest';
import { figureOfThreshold } from '../../src/analysis/threshold-figure.ts';
import { thresholdsOf } from '../../src/config/config-thresholds.ts';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { ThresholdError, parseThreshold, parseThresholds } from '../../src/config/threshold.ts';

const valueOf = (text: string): number => (parseThreshold(text).bound as { readonly value: number }).value;
const errorOf = (text: string, of: (text: string) => unknown = parseThreshold): string => {
  try {
    of(text);
  } catch (error) {
    if (error instanceof ThresholdError) return error.message;
    throw error;
  }
  return 'none';
};

describe('parseThresholds', () => {
  it('reads several, separated by commas or `and`', () => {
    expect(parseThresholds('response.p99 < 0.5, tasks.lost = 0 and throughput.tasksPerSecond >= 100')).toEqual([
      { text: 'response.p99 < 0.5', figure: 'response.p99', comparator: '<', bound: { value: 0.5 }, abortOnFail: false },
      { text: 'tasks.lost = 0', figure: 'tasks.lost', comparator: '=', bound: { value: 0 }, abortOnFail: false },
      {
        text: 'throughput.tasksPerSecond >= 100',
        figure: 'throughput.tasksPerSecond',
        comparator: '>=',
        bound: { value: 100 },
        abortOnFail: false,
      },
    ]);
  });

  it.each([
    ['500 ms', 0.5, 'time'],
    ['1.5s', 1.5, 'time'],
    ['2 min', 120, 'time'],
    ['250us', 0.00025, 'time'],
    ['90 MB', 90e6, 'memory'],
    ['5 MB/h', 5e6, 'memory an hour'],
    ['1MiB', 1048576, 'memory'],
    ['5 %', 0.05, 'share'],
    ['7%', 0.07, 'share'],
    ['100 tasks/s', 100, 'tasks a second'],
    ['3 runs/s', 3, 'runs a second'],
    ['1e3 /s', 1000, 'rate'],
  ])('takes %s for %d', (text, value, dimension) => {
    expect(parseThreshold(`x.y < ${text}`).bound).toEqual({ value, dimension });
  });

  it.each([
    ['==', '='],
    ['≤', '<='],
    ['≥', '>='],
    ['>', '>'],
  ])('takes %s for %s', (written, comparator) => {
    expect(parseThreshold(`x.y${written}1`)).toMatchObject({ comparator, figure: 'x.y' });
  });

  it('reads windows, the baseline and what ends the experiment', () => {
    const whole = parseThreshold('response.p99[10s..1 min] < baseline + 5 % or abort');
    expect(whole).toEqual({
      text: 'response.p99[10s..1 min] < baseline + 5 %',
      figure: 'response.p99',
      comparator: '<',
      bound: { marginRatio: 0.05 },
      window: { fromSeconds: 10, toSeconds: 60 },
      abortOnFail: true,
    });
    expect(parseThreshold('x [500ms..] < 1').window).toEqual({ fromSeconds: 0.5 });
    expect(parseThreshold('x [ .. 20 ] < 1').window).toEqual({ toSeconds: 20 });
    expect(parseThreshold('x >= baseline - 2.5%').bound).toEqual({ marginRatio: -0.025 });
    expect(parseThreshold('x <= baseline').bound).toEqual({ marginRatio: 0 });
    expect(valueOf('own-role.cpuSeconds < -1')).toBe(-1);
  });

  it.each([
    ['response.p99', /expected a figure, one of < <= > >= =, and a number/],
    ['response.p99 <', /expected a figure/],
    ['response.p99 << 1', /expected a number with or without a unit, or baseline \+ 5 %, got "< 1"/],
    ['response.p99 < 0.5.1', /expected a number/],
    ['response.p99 < 5 parsec', /expected one of the units us, .*got "parsec"/],
    ['response.p99 < 5 toString', /expected one of the units us, .*got "toString"/],
    ['response.p99[5] < 1', /expected a window \[from\.\.to\]/],
    ['response.p99[..] < 1', /expected a window \[from\.\.to\]/],
    ['response.p99[9..3] < 1', /expected a window that ends after it begins, got "9 s to 3 s"/],
    ['response.p99[3 MB..9] < 1', /expected a time of at least 0/],
    ['response.p99 < baseline + x %', /expected baseline \+ a number of %/],
    ['response.p99 < baseline + 5', /expected a number/],
    ['', /expected a figure/],
  ])('refuses %j', (text, message) => {
    expect(errorOf(text)).toMatch(message);
  });

  it('refuses an empty one among several', () => {
    expect(errorOf('x < 1,', parseThresholds)).toMatch(/expected a figure.*got ""/);
  });
});

describe('figureOfThreshold', () => {
  const figureError = (text: string): string => errorOf(text, (each) => figureOfThreshold(parseThreshold(each)));

  it('finds the figure, and names what may be meant', () => {
    expect(figureOfThreshold(parseThreshold('scheduler.rssBytesPeak < 90 MB')).unit).toBe('bytes');
    expect(figureOfThreshold(parseThreshold('scheduler.rssBytesPerHour < 5 MB/h')).unit).toBe('bytesPerHour');
    expect(figureError('scheduler.rssBytesPeak < 5 MB/h')).toContain('an amount of memory (kB, MB, GB)');
    expect(figureError('respnse.p99 < 1')).toMatch(/expected one of submission.* \(nearest: response\.p99\), got/);
    expect(figureError('response.p98 < 1')).toMatch(/one of response\.avg, .*\(nearest: response\.p90\), got "response\.p98"/);
    expect(figureError('bogus < 1')).toMatch(
      /^expected one of submission.*steady\. \.\.\., ceiling\. \.\.\., work\. .*goodput\. \.\.\., got/,
    );
  });

  it('takes only units that the figure is counted in', () => {
    expect(figureError('response.p99 < 3 MB')).toBe(
      'expected a time (ms, s, min), which is what response.p99 is counted in, got "a unit of memory"',
    );
    expect(figureError('tasks.lost < 3 %')).toMatch(/a number without a unit/);
    expect(figureError('throughput.tasksPerSecond > 3 runs/s')).toMatch(/a rate \(tasks\/s, \/s\)/);
    expect(figureError('throughput.tasksPerSecond > 3 /s')).toBe('none');
  });
});

describe('thresholds of a config', () => {
  const config = (thresholds: unknown): ReturnType<typeof createConfig> =>
    createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, thresholds } as PerfConfigFile);

  it('are texts and blocks', () => {
    expect(thresholdsOf(config('a.b < 1, c = 2')).map(({ text }) => text)).toEqual(['a.b < 1', 'c = 2']);
    expect(thresholdsOf(config(['a.b < 1 or abort', { figure: 'c', at_most: '90 MB', from: '3s', to: 8, abort_on_fail: true }]))).toEqual([
      { text: 'a.b < 1', figure: 'a.b', comparator: '<', bound: { value: 1 }, abortOnFail: true },
      {
        text: 'c[3s..8] <= 90 MB',
        figure: 'c',
        comparator: '<=',
        bound: { value: 90e6, dimension: 'memory' },
        window: { fromSeconds: 3, toSeconds: 8 },
        abortOnFail: true,
      },
    ]);
  });

  it.each([
    [3, /thresholds: expected a text such as .*, or a list of such, got 3/],
    [['x << 1'], /thresholds\.0: expected a number .*, got "< 1"/],
    [[{ figure: 'x' }], /thresholds\.0: expected exactly one of below, at_most, above, at_least, equals, got "none of them"/],
    [[{ figure: 'x', below: 1, above: 0 }], /got "below and above"/],
    [[{ figure: 'x', belo: 1 }], /thresholds\.0\.belo: expected one of the keys figure, below, .*abort_on_fail/],
    [[{ figure: 'x', below: 1, from: 9, to: 3 }], /expected a window that ends after it begins/],
    [[], /expected a list of at least 1 value/],
  ])('%j is refused', (thresholds, message) => {
    expect(() => config(thresholds)).toThrow(message);
  });
});
