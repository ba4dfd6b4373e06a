import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';

describe('ledger', () => {
  it('counts exactly what was planted', () => {
    const experiment = buildExperiment({ runs: 20, tasksPerRun: 5, failures: 4, cancelled: 3, lost: 2 });
    expect(ledgerOf(experiment)).toEqual({ submitted: 100, finished: 91, failed: 4, cancelled: 3, lost: 2, duplicates: 0, ghosts: 0 });
  });

  it('takes tasks of accepted runs that were never seen for lost', () => {
    const experiment = handmadeExperiment({
      runs: [run(0, 0, 1), run(1, 0, 1), run(2, 0, 1, 'rejected')],
      tasksPerRun: 3,
      tasks: [task('finished', { created: 1, finished: 2 })],
    });
    expect(ledgerOf(experiment)).toEqual({ submitted: 6, finished: 1, failed: 0, cancelled: 0, lost: 5, duplicates: 0, ghosts: null });
  });

  it('counts executions beyond the first of each task', () => {
    const experiment = handmadeExperiment({
      runs: [run(0, 0, 1)],
      tasksPerRun: 4,
      tasks: [3, 1, 0, 2].map((executions, taskIndex) => task('finished', { created: 1, finished: 2 }, { taskIndex, executions })),
    });
    expect(ledgerOf(experiment)).toMatchObject({ submitted: 4, finished: 4, duplicates: 3 });
  });

  it('does not know them where the tasks left no evidence', () => {
    const tasks = [task('finished', { created: 1, finished: 2 }, { executions: -1 })];
    expect(ledgerOf(handmadeExperiment({ runs: [run(0, 0, 1)], tasks }))).toMatchObject({ finished: 1, duplicates: null });
  });
});
