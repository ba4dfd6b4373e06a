import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { type Distribution, distribution } from './distribution.ts';
import { type SteadyState, steadyState } from './steady-state.ts';
import { taskPhases } from './task-phases.ts';

export interface SteadyFigures {
  /** Tasks that finished in the steady part, over its length. */
  readonly tasksPerSecond: number;
  /** Of the tasks whose run was due in the steady part, whenever they finished. */
  readonly responseSeconds: Omit<Distribution, 'count'>;
  readonly latencySeconds: Omit<Distribution, 'count'>;
}

/** The steady part of an experiment and its figures; NaN where there is none. */
export function steadyFigures(experiment: Experiment): { readonly state: SteadyState; readonly figures: SteadyFigures } {
  const state = steadyState(experiment);
  const tasks = taskPhases(experiment);
  const { fromSeconds, toSeconds } = state.found ? state : { fromSeconds: Number.NaN, toSeconds: Number.NaN };
  const isIn = (seconds: number): boolean => seconds >= fromSeconds && seconds <= toSeconds;
  const due = numberColumn(tasks, 'dueSeconds');
  const inBrief = (column: string): Omit<Distribution, 'count'> => {
    const { count: _, ...figures } = distribution(numberColumn(tasks, column).filter((_seconds, row) => isIn(due[row] ?? Number.NaN)));
    return figures;
  };
  return {
    state,
    figures: {
      tasksPerSecond: numberColumn(tasks, 'finishedSeconds').filter(isIn).length / (toSeconds - fromSeconds),
      responseSeconds: inBrief('responseSeconds'),
      latencySeconds: inBrief('latencySeconds'),
    },
  };
}
