import { describe, expect, it } from 'vitest';
import { overviewOf } from '../../src/analysis/overview.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';
import { handmadeExperiment, reading, run, task } from '../support/handmade-experiment.ts';

describe('summarize', () => {
  it('holds the figures under the names that scripts rely on', () => {
    const experiment = handmadeExperiment({
      runs: [run(0, 0, 500)],
      tasksPerRun: 2,
      tasks: [
        task('finished', { created: 100, dispatched: 200, started: 300, finished: 1000 }),
        task('finished', { created: 100, dispatched: 400, started: 500, finished: 2000 }, { taskIndex: 1 }),
      ],
      times: { schedulerReadyMs: -100, drainedMs: 2000 },
      processes: ['scheduler', 'workers', 'postgres', 'driver'].flatMap((role, index) => [
        reading(role, 0, { rss: 100, cpu: 0, count: 1 + index }),
        reading(role, 2000, { rss: 150, cpu: 1 + index, count: 2 + index }),
      ]),
    });
    const summary = summarize(experiment);
    expect(summary).toMatchObject({
      config: 'standard',
      target: { name: 'dbos', version: '5.3.0' },
      status: 'done',
      warnings: [],
      runs: { planned: 1, submitted: 1, rejected: 0, dropped: 0 },
      tasks: { planned: 2, submitted: 2, finished: 2, failed: 0, cancelled: 0, lost: 0 },
      latencySeconds: { avg: 1.4, min: 0.9, p50: null, p90: null, p99: null, max: 1.9 },
      waitSeconds: { min: 0.1, max: 0.3 },
      dispatchSeconds: { min: 0.1, max: 0.1 },
      executionSeconds: { min: 0.7, max: 1.5 },
      throughput: { runsPerSecond: 2, tasksPerSecond: 1 },
      durationSeconds: 2,
      scheduler: { rssBytesStart: 100, rssBytesEnd: 150, rssBytesPeak: 150, rssBytesGrowth: 50, cpuSeconds: 1, cpuRatioMean: 0.5 },
      workers: { peakCount: 3, rssBytesPeak: 150, cpuSeconds: 2 },
      postgres: { rssBytesPeak: 150, cpuSeconds: 3 },
      driver: { rssBytesPeak: 150, cpuSeconds: 4 },
      directory: experiment.directory,
    });
  });

  it('says null, never zero, for what is not known', () => {
    const built = buildExperiment({ status: 'failed', reason: 'the scheduler exited with code 1' });
    const summary = summarize(replaceTables(built, { tasks: [], runs: [], processes: [], counts: [] }));
    const asJson = JSON.parse(JSON.stringify(summary)) as unknown;
    expect(asJson).toEqual(summary);
    expect(summary).toMatchObject({
      status: 'failed',
      reason: 'the scheduler exited with code 1',
      tasks: { submitted: 0, finished: 0 },
      latencySeconds: { avg: null, min: null, p50: null, p90: null, p99: null, p999: null, max: null },
      throughput: { runsPerSecond: null, tasksPerSecond: null },
      durationSeconds: null,
      scheduler: { rssBytesStart: null, cpuSeconds: null, cpuRatioMean: null },
      workers: { peakCount: null },
      responseSeconds: { p50: null },
      scheduleLagSeconds: { max: null },
      verdict: { limitedBy: 'unknown', notes: [], evidence: { schedulerCpuRatio: null, offeredTasksPerSecond: null } },
      steady: { found: false, fromSeconds: null, windows: null, tasksPerSecond: null, latencySeconds: { p50: null } },
    });
  });

  it('knows the submission rate of an experiment of which no task finished', () => {
    const summary = summarize(
      buildExperiment({ runs: 2, tasksPerRun: 2, lost: 4, status: 'timed-out', reason: '4 of 4 tasks had not ended' }),
    );
    expect(summary.tasks).toMatchObject({ submitted: 4, finished: 0, lost: 4 });
    expect(summary.throughput.runsPerSecond).toBeGreaterThan(0);
    expect(summary.throughput.tasksPerSecond).toBeNull();
  });
});

describe('summarize, of runs that come by a schedule', () => {
  it('has the verdict and the steady part beside the whole', () => {
    const summary = summarize(buildExperiment({ runs: 600, sendSeconds: 60 }));
    expect(summary.verdict).toMatchObject({
      limitedBy: 'nothing',
      notes: [],
      evidence: { arrival: 'open', backlogGrows: false, places: 20 },
    });
    expect(summary.verdict.evidence.offeredTasksPerSecond).toBeCloseTo(50, 9);
    expect(summary.steady).toMatchObject({ found: true, windowSeconds: expect.closeTo(0.3, 2) });
    expect(summary.steady.tasksPerSecond).toBeCloseTo(50, 0);
    expect(summary.steady.responseSeconds.p50).toBeCloseTo(summary.responseSeconds.p50 ?? 0, 2);
  });
});

describe('overview', () => {
  it('has a row an experiment, in the order given', () => {
    const first = buildExperiment({ config: 'b', runs: 4 });
    const second = buildExperiment({ config: 'a', runs: 3, target: 'pg-boss', lost: 15, status: 'timed-out' });
    const table = overviewOf([first, second]);
    const summary = summarize(first);
    expect(table.objects()).toMatchObject([
      {
        config: 'b',
        target: 'dbos',
        status: 'done',
        runs: 4,
        tasks: 20,
        finished: 20,
        tasksPerSecond: summary.throughput.tasksPerSecond,
        responseP50Seconds: summary.responseSeconds.p50,
        responseP99Seconds: summary.responseSeconds.p99 ?? Number.NaN,
        waitP50Seconds: summary.waitSeconds.p50,
        schedulerRssBytesPeak: summary.scheduler.rssBytesPeak,
        schedulerCpuSeconds: summary.scheduler.cpuSeconds,
        workersCpuSeconds: summary.workers.cpuSeconds,
      },
      { config: 'a', target: 'pg-boss', status: 'timed-out', runs: 3, tasks: 15, finished: 0, responseP50Seconds: Number.NaN },
    ]);
  });

  it('has its columns also without experiments', () => {
    const table = overviewOf([]);
    expect(table.numRows()).toBe(0);
    expect(table.columnNames().slice(0, 3)).toEqual(['config', 'target', 'status']);
  });
});
