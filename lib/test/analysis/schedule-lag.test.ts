import { describe, expect, it } from 'vitest';
import { arrival } from '../../src/analysis/arrival.ts';
import { latencyOf } from '../../src/analysis/latency.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { scheduleLagOf } from '../../src/analysis/schedule-lag.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { throughputOf } from '../../src/analysis/throughput.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';

/** Two runs of a warm-up that take ten times as long as the two that count. */
const warmedUp = handmadeExperiment({
  tasksPerRun: 1,
  runs: [
    run(0, 0, 10, 'submitted', { due: 0, warmUp: true }),
    run(1, 1500, 1510, 'submitted', { due: 1000, warmUp: true }),
    run(2, 2004, 2010, 'submitted', { due: 2000 }),
    run(3, 3014, 3020, 'submitted', { due: 3000 }),
  ],
  tasks: [
    task('finished', { created: 20, finished: 3520 }, { runIndex: 0 }),
    task('finished', { created: 1520, finished: 5520 }, { runIndex: 1 }),
    task('finished', { created: 2020, finished: 2304 }, { runIndex: 2 }),
    task('finished', { created: 3020, finished: 4004 }, { runIndex: 3 }),
  ],
});

describe('scheduleLag', () => {
  it('is sent less due, of the runs that count', () => {
    expect(scheduleLagOf(warmedUp).objects()).toEqual([
      { runIndex: 2, dueSeconds: -0.004, sentSeconds: 0, lagSeconds: 0.004 },
      { runIndex: 3, dueSeconds: 0.996, sentSeconds: 1.01, lagSeconds: 0.014 },
    ]);
  });

  it('does not know the lag of a run that was never sent', () => {
    const dropped = handmadeExperiment({ runs: [run(0, 5, 6), run(1, Number.NaN, Number.NaN, 'dropped')] });
    expect(scheduleLagOf(dropped).array('lagSeconds')).toEqual([0.005, Number.NaN]);
    expect(summarize(dropped).scheduleLagSeconds).toMatchObject({ avg: 0.005, max: 0.005 });
  });
});

describe('the warm-up', () => {
  it('is in the ledger and in no other figure', () => {
    const summary = summarize(warmedUp);
    expect(ledgerOf(warmedUp)).toMatchObject({ submitted: 4, finished: 4 });
    expect(summary.warmUp).toEqual({ runs: 2, tasks: 2, finishedTasks: 2 });
    expect(summary.runs.submitted).toBe(4);
    expect(textSummary(summary)).toContain('Latency Stats:\n  Tasks: 2\n');
    expect(textSummary(summary)).toContain('2 of them were due in the warm-up (2 runs): they are in no other figure');
    expect(summary.latencySeconds).toMatchObject({ min: 0.284, max: 0.984 });
    expect(summary.responseSeconds).toMatchObject({ min: 0.304, max: 1.004 });
    expect(summary.scheduleLagSeconds).toMatchObject({ min: 0.004, max: 0.014 });
    // From the first submission that counts (2.004 s) to the last finish that does (4.004 s).
    expect(summary.durationSeconds).toBe(2);
    expect(summary.throughput.tasksPerSecond).toBe(1);
    expect(summary.throughput.runsPerSecond).toBeCloseTo(2 / 1.016, 12);
  });

  it('is in no window', () => {
    const windows = throughputOf(warmedUp, { windowSeconds: 1 });
    expect(windows.array('submittedRuns')).toEqual([1, 1, 0, 0]);
    expect(windows.array('finishedTasks')).toEqual([1, 0, 1, 0]);
  });

  it('leaves nothing to know when all was warm-up', () => {
    const only = handmadeExperiment({
      runs: [run(0, 0, 10, 'submitted', { warmUp: true })],
      tasks: [task('finished', { created: 20, finished: 30 })],
    });
    expect(latencyOf(only).array('count')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(summarize(only)).toMatchObject({ tasks: { finished: 1 }, durationSeconds: null, throughput: { tasksPerSecond: null } });
  });
});

describe('arrival', () => {
  it('tells a burst from a schedule by the due times', () => {
    expect(arrival(buildExperiment()).kind).toBe('burst');
    expect(arrival(buildExperiment({ sendSeconds: 10 })).kind).toBe('open');
    expect(arrival(handmadeExperiment({}))).toEqual({ kind: 'burst', firstDueMs: Number.NaN, lastDueMs: Number.NaN, runs: 0 });
  });

  it('takes a closed loop from the config, as its due times look like a schedule', () => {
    const open = buildExperiment({ sendSeconds: 10 });
    const config = { ...open.manifest.config, arrival: { closed: 4 } } as unknown as typeof open.manifest.config;
    expect(arrival({ ...open, manifest: { ...open.manifest, config } }).kind).toBe('closed');
  });
});
