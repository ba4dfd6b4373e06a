import { describe, expect, it } from 'vitest';
import { throughputOf } from '../../src/analysis/throughput.ts';
import { throughputFigures } from '../../src/analysis/throughput-figures.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';

const ended = (finished: number, status: 'finished' | 'failed' = 'finished') => task(status, { created: 1, finished });

describe('throughput', () => {
  it('counts by window, the last one over the time that it covers', () => {
    const experiment = handmadeExperiment({
      runs: [run(0, 0, 100), run(1, 999, 1100), run(2, 1000, 1200)],
      tasks: [ended(500), ended(999), ended(1000), ended(1700, 'failed'), ended(2100), ended(2500)],
    });
    expect(throughputOf(experiment, { windowSeconds: 1 }).objects()).toEqual([
      { startSeconds: 0, endSeconds: 1, submittedRuns: 2, finishedTasks: 2, tasksPerSecond: 2, whole: true },
      { startSeconds: 1, endSeconds: 2, submittedRuns: 1, finishedTasks: 1, tasksPerSecond: 1, whole: true },
      { startSeconds: 2, endSeconds: 2.5, submittedRuns: 0, finishedTasks: 2, tasksPerSecond: 4, whole: false },
    ]);
  });

  it('counts a task that ends with the last window in it', () => {
    const experiment = handmadeExperiment({ runs: [run(0, 0, 100)], tasks: [ended(500), ended(2000)] });
    const rows = throughputOf(experiment, { windowSeconds: 1 }).objects();
    expect(rows).toMatchObject([{ finishedTasks: 1 }, { finishedTasks: 1, whole: true }]);
    expect(rows).toHaveLength(2);
  });

  it('puts a moment on the border of windows of a fraction into the later, and counts no rejected run', () => {
    // 0.3 / 0.1 is 2.9999999999999996 in floating point.
    const experiment = handmadeExperiment({
      runs: [run(0, 0, 10), run(1, 300, 310), run(2, 310, 320, 'rejected')],
      tasks: [ended(100), ended(200), ended(600)],
    });
    const windows = throughputOf(experiment, { windowSeconds: 0.1 });
    expect(windows.array('submittedRuns')).toEqual([1, 0, 0, 1, 0, 0]);
    expect(windows.array('finishedTasks')).toEqual([0, 1, 1, 0, 0, 1]);
    expect(windows.array('whole')).toEqual([true, true, true, true, true, true]);
  });

  it('shows the windows in which nothing finished until orchlab stopped waiting', () => {
    const experiment = handmadeExperiment({
      runs: [run(0, 0, 100)],
      tasks: [ended(500), task('lost', { created: 1 })],
      times: { drainedMs: 30_000 },
    });
    expect(throughputOf(experiment, { windowSeconds: 10 }).array('finishedTasks')).toEqual([1, 0, 0]);
  });

  it('picks windows that fit the length of the experiment, as its plot does', () => {
    const lasting = (endMs: number) => handmadeExperiment({ runs: [run(0, 0, 100)], tasks: [ended(endMs)] });
    expect(throughputOf(lasting(1000)).get('endSeconds', 0)).toBe(0.2);
    expect(throughputOf(lasting(60_000)).get('endSeconds', 0)).toBe(1);
    expect(throughputOf(lasting(400_000)).get('endSeconds', 0)).toBe(5);
  });

  it('has every submitted run and finished task in one window', () => {
    const experiment = buildExperiment({ runs: 300, failures: 10, lost: 3 });
    for (const windowSeconds of [0.1, 0.25, 1, 7, 1000]) {
      const windows = throughputOf(experiment, { windowSeconds });
      const sum = (name: string): number => (windows.array(name) as number[]).reduce((total, value) => total + value, 0);
      expect([sum('submittedRuns'), sum('finishedTasks')]).toEqual([300, 1487]);
    }
  });

  it('refuses a width that is not above 0', () => {
    expect(() => throughputOf(buildExperiment(), { windowSeconds: 0 })).toThrow('expected windowSeconds above 0, got 0');
  });
});

describe('throughputFigures', () => {
  it('keeps submission and completion apart', () => {
    const experiment = handmadeExperiment({
      runs: [run(0, 100, 200), run(1, 150, 500), run(2, 200, 600, 'rejected')],
      tasks: [ended(1100), ended(2100), ended(9000, 'failed')],
    });
    // Two accepted runs in 0.1 to 0.6 s; two finished tasks in 0.1 to 2.1 s.
    expect(throughputFigures(experiment)).toEqual({ runsPerSecond: 4, tasksPerSecond: 1, durationSeconds: 2 });
  });

  it('has windows where the experiment is long enough, whole ones only', () => {
    const tasks = [1000, 2000, 3000, 12_000, 25_000].map((finished) => ended(finished));
    const figures = throughputFigures(handmadeExperiment({ runs: [run(0, 0, 1)], tasks }));
    expect(figures.windows10s?.windows).toBe(2);
    expect(figures.windows10s?.bestTasksPerSecond).toBeCloseTo(0.3, 12);
    expect(figures.windows10s?.meanTasksPerSecond).toBeCloseTo(0.2, 12);
    expect(figures.windows10s?.worstTasksPerSecond).toBeCloseTo(0.1, 12);
    expect(figures).not.toHaveProperty('windows60s');
  });

  it('has both widths for a minute and a half', () => {
    const figures = throughputFigures(buildExperiment({ runs: 900, sendSeconds: 90 }));
    expect(figures.windows10s?.windows).toBe(9);
    expect(figures.windows60s?.windows).toBe(1);
    // 10 runs a second of 5 tasks each, of which the last few finish in the next window.
    expect(figures.windows60s?.bestTasksPerSecond).toBeCloseTo(50, 0);
  });

  it('knows nothing of an experiment that sent nothing', () => {
    const { durationSeconds, runsPerSecond, tasksPerSecond } = throughputFigures(handmadeExperiment({}));
    expect([durationSeconds, runsPerSecond, tasksPerSecond]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});
