import type { Experiment } from '../results/experiment.ts';
import { frameOf } from './frame.ts';
import { timeResolution } from './log-bins.ts';
import { type Phase, type PhaseTime, phases, timeNames } from '../results/phases.ts';
import { arrival } from './arrival.ts';
import { allOf } from './number-pieces.ts';
import { sortNumbers } from './sort-numbers.ts';
import { perExperiment } from './per-experiment.ts';
import { phasePieces } from './task-phases.ts';

export interface PhaseTimes extends Phase {
  /** For instance `created to dispatched`. */
  readonly ends: string;
  /** Seconds that each finished task was in the phase, ascending, known ones only. */
  readonly sortedSeconds: Float64Array;
}

interface AllPhaseTimes {
  readonly phases: readonly PhaseTimes[];
  readonly resolutionSeconds: number;
}

/**
 * The times of finished tasks in every phase that the engine records, and from how many seconds on they can be told apart: a
 * millisecond where all of the engine's times are whole ones, else a tenth of it, however fine its clock.
 */
export const phaseTimes = perExperiment((experiment: Experiment): AllPhaseTimes => {
  const isClosed = arrival(experiment).kind === 'closed';
  const wantedName = experiment.manifest.config.delay === undefined ? (isClosed ? 'sent' : timeNames.wantedMs) : 'asked to begin';
  const nameOf = (time: PhaseTime): string => (time === 'wantedMs' ? wantedName : timeNames[time]);
  const known = phases
    .map((phase) => ({
      ...phase,
      ends: `${nameOf(phase.from)} to ${nameOf(phase.to)}`,
      sortedSeconds: sortNumbers(allOf(phasePieces(experiment, phase.name))),
    }))
    .filter((phase) => phase.sortedSeconds.length > 0);
  const isWhole = (['createdMs', 'dispatchedMs', 'startedMs', 'finishedMs'] as const).every(
    (column) => timeResolution(frameOf(experiment).tasks[column]) === 0.001,
  );
  return { phases: known, resolutionSeconds: isWhole ? 0.001 : 1e-4 };
});
