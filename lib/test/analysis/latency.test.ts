import { describe, expect, it } from 'vitest';
import { latency } from '../../src/analysis/latency.ts';
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
    const [wait, dispatch, execution, total, due] = latency(experiment).objects() as Record<string, number>[];
    expect(wait).toMatchObject({ phase: 'wait', count: 2, avgSeconds: 0.2, minSeconds: 0.1, p50Seconds: 0.2, maxSeconds: 0.3 });
    expect(dispatch).toMatchObject({ phase: 'dispatch', count: 2, avgSeconds: 0.015, minSeconds: 0.01, maxSeconds: 0.02 });
    expect(execution).toMatchObject({ phase: 'execution', count: 2, minSeconds: 0.28, maxSeconds: 0.29 });
    expect(total).toMatchObject({ phase: 'latency', count: 3, minSeconds: 0.4, p50Seconds: 0.6, maxSeconds: 0.8 });
    // The run was due at zero, 100 ms before its tasks were created.
    expect(due).toMatchObject({ phase: 'latency from due', count: 3, minSeconds: 0.5, p50Seconds: 0.7, maxSeconds: 0.9 });
    expect(total?.['avgSeconds']).toBeCloseTo(0.6, 12);
    // Rank 2 x 0.9 = 1.8: 0.6 + 0.8 x 0.2.
    expect(total?.['p90Seconds']).toBeCloseTo(0.76, 12);
    expect(total?.['p99Seconds']).toBeCloseTo(0.796, 12);
    expect(total?.['p999Seconds']).toBeCloseTo(0.7996, 12);
  });

  it('has NaN, not zero, when no task finished', () => {
    const rows = latency(handmadeExperiment({ runs: [run(0, 0, 1)], tasks: [task('lost', { created: 1 })] })).objects();
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row).toMatchObject({ count: 0, avgSeconds: Number.NaN, p50Seconds: Number.NaN, maxSeconds: Number.NaN });
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
        waitSeconds: 0.02,
        dispatchSeconds: 0.01,
        executionSeconds: 0.07,
        latencySeconds: 0.1,
        latencyFromDueSeconds: 0.22,
      },
    ]);
  });
});
