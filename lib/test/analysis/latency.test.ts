import { describe, expect, it } from 'vitest';
import { latencyOf } from '../../src/analysis/latency.ts';
import { taskPhases } from '../../src/analysis/task-phases.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';

const experiment = handmadeExperiment({
  runs: [run(0, 0, 10)],
  tasks: [
    task('finished', { created: 100, dispatched: 200, started: 210, finished: 500 }),
    task('finished', { created: 100, dispatched: 400, started: 420, finished: 700 }),
    // The engine did not say when it was dispatched or started.
    task('finished', { created: 100, finished: 900 }),
    task('failed', { created: 100, dispatched: 200, started: 200, finished: 9000 }),
    task('lost', { created: 100 }),
  ],
});

describe('latency', () => {
  it('has a row a phase, of finished tasks', () => {
    const [submission, wait, dispatch, execution, total, response] = latencyOf(experiment).objects() as Record<string, number>[];
    expect(wait).toMatchObject({ phase: 'wait', count: 2, avgSeconds: 0.2, minSeconds: 0.1, maxSeconds: 0.3 });
    expect(dispatch).toMatchObject({ phase: 'dispatch', count: 2, avgSeconds: 0.015, minSeconds: 0.01, maxSeconds: 0.02 });
    expect(execution).toMatchObject({ phase: 'execution', count: 2, minSeconds: 0.28, maxSeconds: 0.29 });
    expect(total).toMatchObject({ phase: 'latency', count: 3, minSeconds: 0.4, maxSeconds: 0.8 });
    // The run was due at zero, 100 ms before its tasks were created.
    expect(response).toMatchObject({ phase: 'response time', count: 3, minSeconds: 0.5, maxSeconds: 0.9 });
    expect(submission).toMatchObject({ phase: 'submission', count: 3, minSeconds: 0.1, maxSeconds: 0.1 });
    expect(total?.['avgSeconds']).toBeCloseTo(0.6, 12);
    // Three tasks carry no percentile.
    expect([total?.['p50Seconds'], total?.['p999Seconds']]).toEqual([Number.NaN, Number.NaN]);
  });

  it('has NaN, not zero, when no task finished', () => {
    const rows = latencyOf(handmadeExperiment({ runs: [run(0, 0, 1)], tasks: [task('lost', { created: 1 })] })).objects();
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row).toMatchObject({ count: 0, avgSeconds: Number.NaN, p50Seconds: Number.NaN, maxSeconds: Number.NaN });
  });
});

describe('in a closed loop', () => {
  it('response time and submission count from when the run was sent, not from when its place was free', () => {
    const made = handmadeExperiment({
      runs: [run(0, 30, 40, 'submitted', { due: 0 })],
      tasks: [task('finished', { created: 50, dispatched: 60, started: 60, finished: 130 })],
    });
    const closed = { ...made, manifest: { ...made.manifest, config: { ...made.manifest.config, arrival: { closed: 1 } } } };
    expect(taskPhases(closed).object()).toMatchObject({ submissionSeconds: 0.02, responseSeconds: 0.1, latencySeconds: 0.08 });
    expect(taskPhases(made).object()).toMatchObject({ submissionSeconds: 0.05, responseSeconds: 0.13, latencySeconds: 0.08 });
  });
});

describe('taskPhases', () => {
  it('has times since the first submission', () => {
    const later = handmadeExperiment({
      runs: [run(0, 50, 60), run(1, 20, 30)],
      tasks: [task('finished', { created: 120, dispatched: 140, started: 150, finished: 220 }, { runIndex: 1, taskIndex: 7 })],
    });
    expect(taskPhases(later).objects()).toEqual([
      {
        runIndex: 1,
        taskIndex: 7,
        dueSeconds: -0.02,
        createdSeconds: 0.1,
        finishedSeconds: 0.2,
        submissionSeconds: 0.12,
        waitSeconds: 0.02,
        dispatchSeconds: 0.01,
        executionSeconds: 0.07,
        latencySeconds: 0.1,
        responseSeconds: 0.22,
      },
    ]);
  });
});
