import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { type Distribution, distribution } from './distribution.ts';
import { perExperiment } from './per-experiment.ts';
import type { PhaseName } from '../results/phases.ts';
import { type SteadyState, steadyState } from './steady-state.ts';
import { phaseSeconds, taskPhases } from './task-phases.ts';

export interface SteadyFigures {
  /** Tasks that finished in the steady part, over its length. */
  readonly tasksPerSecond: number;
  /** Of the tasks whose run was due in the steady part, whenever they finished. */
  readonly responseSeconds: Omit<Distribution, 'count'>;
  readonly latencySeconds: Omit<Distribution, 'count'>;
}

/** The steady part of an experiment and its figures; NaN where there is none. */
export const steadyFigures = perExperiment((experiment: Experiment): { readonly state: SteadyState; readonly figures: SteadyFigures } => {
  const state = steadyState(experiment);
  const { fromSeconds, toSeconds } = state.found ? state : { fromSeconds: Number.NaN, toSeconds: Number.NaN };
  const tasks = taskPhases(experiment);
  const due = numberColumn(tasks, 'dueSeconds');
  const inBrief = (phase: PhaseName): Omit<Distribution, 'count'> => {
    const all = phaseSeconds(experiment, phase);
    const steady = new Float64Array(all.length);
    let length = 0;
    for (let row = 0; row < all.length; row++) {
      const at = due[row] as number;
      if (at >= fromSeconds && at <= toSeconds) steady[length++] = all[row] as number;
    }
    const { count: _, ...figures } = distribution(steady.subarray(0, length));
    return figures;
  };
  let finishedTasks = 0;
  const finished = numberColumn(tasks, 'finishedSeconds');
  for (let row = 0; row < finished.length; row++) {
    const at = finished[row] as number;
    if (at >= fromSeconds && at <= toSeconds) finishedTasks++;
  }
  return {
    state,
    figures: {
      tasksPerSecond: finishedTasks / (toSeconds - fromSeconds),
      responseSeconds: inBrief('response'),
      latencySeconds: inBrief('latency'),
    },
  };
});
