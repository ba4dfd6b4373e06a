import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskStates } from '../../src/analysis/task-states.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { countStates } from '../support/simulate-tasks.ts';
import type { Row } from '../../src/results/tables.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';

const runs = [run(0, 0, 1)];

function series(states: ReturnType<typeof taskStates>): Record<string, number[]> {
  const rows = states.objects() as { state: string; tasks: number }[];
  return Object.fromEntries(
    Object.entries(Object.groupBy(rows, (row) => row.state)).map(([state, group]) => [state, (group ?? []).map((row) => row.tasks)]),
  );
}

describe('taskStates', () => {
  it('follows tasks through their states', () => {
    const tasks = [
      task('finished', { created: 0, dispatched: 1000, started: 2000, finished: 4000 }),
      task('failed', { created: 500, dispatched: 500, started: 1500, finished: 3000 }),
      task('cancelled', { created: 0, finished: 2000 }),
    ];
    const states = taskStates(handmadeExperiment({ runs, tasks }), { points: 5 });
    expect(series(states)).toEqual({
      pending: [2, 1, 0, 0, 0],
      dispatched: [0, 2, 0, 0, 0],
      running: [0, 0, 2, 1, 0],
      finished: [0, 0, 0, 0, 1],
      failed: [0, 0, 0, 1, 1],
      cancelled: [0, 0, 1, 1, 1],
    });
    expect((states.array('seconds') as number[]).slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('leaves a lost task in the state that it reached, to the end of the wait', () => {
    const tasks = [task('lost', { created: 0, dispatched: 1000 }), task('lost', {})];
    const states = taskStates(handmadeExperiment({ runs, tasks, times: { drainedMs: 2000 } }), { points: 3 });
    expect(series(states)).toEqual({ pending: [1, 0, 0], dispatched: [0, 1, 1], running: [0, 0, 0], finished: [0, 0, 0] });
  });

  it('skips a state of which the time is not known', () => {
    const tasks = [task('finished', { created: 0, finished: 2000 })];
    const states = taskStates(handmadeExperiment({ runs, tasks }), { points: 3 });
    expect(series(states)).toEqual({ pending: [1, 1, 0], dispatched: [0, 0, 0], running: [0, 0, 0], finished: [0, 0, 1] });
  });

  it('agrees with counting the tasks at each moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 2, max: 40 }), (seed, points) => {
        const experiment = buildExperiment({ seed, runs: 6, tasksPerRun: 5, failures: 2, cancelled: 2, lost: 1, slots: 3 });
        const statesAt = countStates(experiment.tasks.objects() as Row<'tasks'>[]);
        const states = taskStates(experiment, { points });
        const seconds = (states.array('seconds') as number[]).slice(0, points);
        const counted = series(states);
        // The last moment is the end itself, where a rounding in the reading of a clock would decide.
        for (const [index, second] of seconds.slice(0, -1).entries()) {
          const { ended: _, ...expected } = statesAt(experiment.runs.get('sentMs', 0) + second * 1000);
          expect(Object.fromEntries(Object.entries(counted).map(([state, tasks]) => [state, tasks[index]]))).toEqual(expected);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is empty but whole without tasks', () => {
    expect(series(taskStates(handmadeExperiment({ runs }), { points: 2 }))).toEqual({
      pending: [0, 0],
      dispatched: [0, 0],
      running: [0, 0],
      finished: [0, 0],
    });
  });
});
