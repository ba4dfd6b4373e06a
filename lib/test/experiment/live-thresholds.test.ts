import { describe, expect, it } from 'vitest';
import { parseThresholds } from '../../src/config/threshold.ts';
import { notLiveBecause } from '../../src/experiment/live-figures.ts';
import { LiveThresholds, brokenWords } from '../../src/experiment/live-thresholds.ts';
import type { BrokenThreshold } from '../../src/results/manifest.ts';
import type { Row } from '../../src/results/tables.ts';

const tasksPerRun = 2;

/** An experiment that is told row by row, seconds after its first submission. */
function watch(text: string): {
  readonly broken: readonly BrokenThreshold[];
  run(atSeconds: number, more?: Partial<Row<'runs'>> & { readonly lagSeconds?: number }): void;
  count(atSeconds: number, submittedRuns: number, openTasks: number): void;
  processes(atSeconds: number, ...rssBytes: readonly number[]): void;
} {
  const broken: BrokenThreshold[] = [];
  const thresholds = new LiveThresholds({
    thresholds: parseThresholds(text),
    tasksOf: () => tasksPerRun,
    onBroken: (each) => broken.push(each),
  });
  let runIndex = 0;
  return {
    broken,
    run(atSeconds, { lagSeconds = 0, ...more } = {}) {
      const sentMs = 1e12 + atSeconds * 1000;
      const times = { dueMs: sentMs - lagSeconds * 1000, sentMs, acknowledgedMs: sentMs };
      thresholds.take('runs', {
        runIndex,
        runId: String(runIndex++),
        status: 'submitted',
        error: '',
        workflow: 'live',
        warmUp: false,
        ...times,
        ...more,
      });
    },
    count(atSeconds, submittedRuns, openTasks) {
      thresholds.take('counts', {
        atMs: 1e12 + atSeconds * 1000,
        readMs: 1,
        submittedRuns,
        submittedTasks: submittedRuns * tasksPerRun,
        openRuns: openTasks / tasksPerRun,
        openTasks,
      });
    },
    processes(atSeconds, ...rssBytes) {
      const atMs = 1e12 + atSeconds * 1000;
      for (const [instance, rss] of rssBytes.entries())
        thresholds.take('processes', {
          atMs,
          role: 'scheduler',
          instance,
          processCount: 1,
          rssBytes: rss,
          pssBytes: Number.NaN,
          wakeUps: Number.NaN,
          cpuSeconds: 0,
        });
    },
  };
}

describe('a threshold that is to abort an experiment', () => {
  it('does so at once where the figure only grows', () => {
    const rejected = watch('runs.rejected = 0 or abort');
    rejected.run(0);
    rejected.count(0.25, 1, 2);
    expect(rejected.broken).toEqual([]);
    rejected.run(0.3, { status: 'rejected' });
    rejected.count(0.5, 1, 2);
    expect(rejected.broken).toEqual([{ threshold: 'runs.rejected = 0', figure: 'runs.rejected', value: 1, afterSeconds: 0.5 }]);
    const [broken] = rejected.broken;
    expect(broken && brokenWords(broken)).toBe('threshold runs.rejected = 0 did not hold: 1 runs after 0.5 s');
  });

  it('waits for what may still come where a figure that grows has to be some number', () => {
    const three = watch('runs.submitted = 3 or abort');
    for (const second of [0, 1, 2]) three.run(second);
    three.count(2.5, 3, 2);
    expect(three.broken).toEqual([]);
    three.run(3);
    three.count(3.5, 4, 2);
    expect(three.broken).toMatchObject([{ value: 4 }]);
  });

  it('knows lag, duration and memory, several schedulers as one', () => {
    const lag = watch('scheduleLag.max < 100 ms or abort');
    lag.run(0, { lagSeconds: 0.05 });
    lag.run(1, { lagSeconds: 0.7, warmUp: true });
    lag.count(1.1, 2, 4);
    expect(lag.broken).toEqual([]);
    lag.run(2, { lagSeconds: 0.25 });
    lag.count(2.1, 3, 4);
    expect(lag.broken).toMatchObject([{ value: 0.25 }]);

    const duration = watch('duration < 3 or abort');
    duration.run(0);
    duration.count(2.9, 1, 1);
    duration.count(3.2, 1, 0);
    expect(duration.broken).toEqual([]);
    duration.count(3.4, 1, 1);
    expect(duration.broken).toMatchObject([{ value: 3.4, afterSeconds: 3.4 }]);

    const memory = watch('scheduler.rssBytesPeak < 100 MB or abort');
    memory.run(0);
    memory.processes(0.1, 40e6, 50e6);
    memory.processes(0.2, 30e6, 20e6);
    memory.count(0.25, 1, 2);
    expect(memory.broken).toEqual([]);
    memory.processes(0.3, 60e6, 50e6);
    memory.count(0.5, 1, 2);
    expect(memory.broken).toMatchObject([{ value: 110e6 }]);
  });

  it('gives a figure that varies five seconds to recover, from when the first task has ended', () => {
    const rate = watch('throughput.tasksPerSecond >= 2 or abort');
    rate.run(0);
    for (let second = 1; second <= 8; second++) rate.count(second, 10, 20);
    expect(rate.broken).toEqual([]);
    // The first ends at 9 s; after 13 s there are 26 of them, and it recovers.
    for (let second = 9; second <= 12; second++) rate.count(second, 20, 39 - second + 9);
    rate.count(13, 20, 14);
    for (let second = 14; second <= 18; second++) rate.count(second, 20, 14);
    expect(rate.broken).toEqual([]);
    rate.count(19, 20, 14);
    expect(rate.broken).toMatchObject([{ value: 26 / 19, afterSeconds: 19 }]);
  });

  it('is certain when its window is over', () => {
    const rate = watch('throughput.tasksPerSecond[2s..4s] >= 10 or abort');
    rate.run(0);
    for (const [second, open] of [
      [1, 99],
      [2, 80],
      [3, 71],
      [3.75, 62],
    ] as const)
      rate.count(second, 50, open);
    expect(rate.broken).toEqual([]);
    rate.count(4, 50, 62);
    expect(rate.broken).toMatchObject([{ value: 9, afterSeconds: 4 }]);

    const held = watch('throughput.tasksPerSecond[2s..4s] >= 9 or abort');
    held.run(0);
    for (const [second, open] of [
      [2, 80],
      [4, 60],
      [20, 60],
      [40, 60],
    ] as const)
      held.count(second, 50, open);
    expect(held.broken).toEqual([]);
  });

  it('takes latency on average from the counts', () => {
    const latency = watch('latency.avg < 2 or abort');
    latency.run(0);
    // 20 tasks at once, of which four a second end.
    latency.count(0.01, 10, 20);
    for (let second = 1; second <= 4; second++) latency.count(second, 10, 20 - 4 * second);
    expect(latency.broken).toEqual([]);
    latency.count(5, 10, 0);
    for (let second = 6; second <= 8; second++) latency.count(second, 10, 0);
    expect(latency.broken).toEqual([]);
    latency.count(9, 10, 0);
    const [broken] = latency.broken;
    expect(broken?.value).toBeCloseTo((1 + 2 + 3 + 4 + 5) / 5 - 0.01, 9);
    expect(broken?.afterSeconds).toBe(9);
  });

  it('knows that a percentile of the response time is off by what is open, five seconds long, also where nothing ends', () => {
    const response = watch('response.p99 < 500 ms or abort');
    for (let run = 0; run < 200; run++) response.run(run / 100);
    for (let at = 0.25; at <= 7.5; at += 0.25) response.count(at, Math.min(200, at * 100), Math.min(400, at * 200));
    // 230 tasks carry it at 1.15 s, which the count at 1.25 s shows, and that is understood with the next one; 5 s later the first have been open for 6.25 s.
    expect(response.broken[0]?.afterSeconds).toBe(6.5);
    expect(response.broken[0]?.value).toBe(5);
    expect(response.broken[0] && brokenWords(response.broken[0])).toBe(
      'threshold response.p99 < 500 ms did not hold: at least 5 s after 6.5 s',
    );
  });

  it('is not judged where it was not to abort, or is relative', () => {
    const none = watch('runs.rejected = 0');
    none.run(0, { status: 'rejected' });
    none.count(1, 1, 2);
    expect(none.broken).toEqual([]);
  });
});

describe('what can be known while an experiment runs', () => {
  it.each([
    ['tasks.lost = 0', /one of the figures that are known while an experiment runs: runs\.submitted, .*response\.p99, .*<role>\.peakCount/],
    ['response.p99 > 1', /one of < <=: response\.p99 is known by what it is at least/],
    ['response.p99[1..2] < 3', /no window/],
    ['runs.rejected >= 1', /one of < <= =: runs\.rejected only grows/],
    ['throughput.tasksPerSecond = 3', /one of < <= > >=: throughput\.tasksPerSecond varies/],
    ['latency.avg[1..2] < 3', /no window/],
    ['latency.avg < baseline', /a number: a baseline is compared with when all is over/],
    ['scheduler.cpuSeconds < 3', /one of the figures/],
  ])('%s is not', (text, message) => {
    const [threshold] = parseThresholds(text);
    expect(threshold && notLiveBecause(threshold)?.[0]).toMatch(message);
  });

  it('says why a figure is none of them', () => {
    const gotFor = (text: string): unknown => parseThresholds(text).map((threshold) => notLiveBecause(threshold)?.[1]);
    expect(gotFor('tasks.lost = 0, tasks.failed = 0, latency.p99 < 1, wait.p99 < 1')).toEqual([
      'tasks.lost, which is counted when the tasks are read, after the load',
      'tasks.failed, which is counted when the tasks are read, after the load',
      "latency.p99, for which the engine's own times have to be read, after the load (response.p99 is known)",
      'wait.p99',
    ]);
  });

  it.each([
    'response.p99 <= 500 ms',
    'response.max < 1',
    'runs.dropped = 0',
    'broker.rssBytesPeak < 1',
    'throughput.tasksPerSecond[9..] > 1',
    'duration <= 1 h',
  ])('%s is', (text) => {
    const [threshold] = parseThresholds(text);
    expect(threshold && notLiveBecause(threshold)).toBeUndefined();
  });
});
