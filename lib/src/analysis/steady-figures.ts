import type { Experiment } from '../results/experiment.ts';
import { type Distribution, distribution } from './distribution.ts';
import { frameOf } from './frame.ts';
import { chosenOf, forEachPiece } from './number-pieces.ts';
import { perExperiment } from './per-experiment.ts';
import type { PhaseName } from '../results/phases.ts';
import { type SteadyState, steadyState } from './steady-state.ts';
import { momentPieces, phasePieces } from './task-phases.ts';

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
  const isSteady = (seconds: number): boolean => seconds >= fromSeconds && seconds <= toSeconds;
  const wasDue = new Uint8Array(frameOf(experiment).measured.length);
  forEachPiece(momentPieces(experiment, 'due'), (due, from) => {
    for (let index = 0; index < due.length; index++) wasDue[from + index] = isSteady(due[index] as number) ? 1 : 0;
  });
  const inBrief = (phase: PhaseName): Omit<Distribution, 'count'> => {
    const { count: _, ...figures } = distribution(chosenOf(phasePieces(experiment, phase), (index) => wasDue[index] === 1));
    return figures;
  };
  let finishedTasks = 0;
  forEachPiece(momentPieces(experiment, 'finished'), (finished) => {
    for (const at of finished) if (isSteady(at)) finishedTasks++;
  });
  return {
    state,
    figures: {
      tasksPerSecond: finishedTasks / (toSeconds - fromSeconds),
      responseSeconds: inBrief('response'),
      latencySeconds: inBrief('latency'),
    },
  };
});
