import { phaseTimes } from '../analysis/phase-times.ts';
import type { Experiment } from '../results/experiment.ts';
import type { PhaseName } from '../results/phases.ts';
import type { Labelled } from './label-experiments.ts';

/** A line: a phase of one experiment, or an experiment. */
export interface Curve {
  readonly name: string;
  /** In the legend. */
  readonly label: string;
  readonly sortedSeconds: Float64Array;
}

/** A curve a phase, or one alone. */
export function phaseCurves(experiment: Experiment, only: PhaseName | undefined): readonly Curve[] {
  return phaseTimes(experiment)
    .phases.filter(({ name }) => only === undefined || name === only)
    .map(({ title, sortedSeconds }) => ({ name: title, label: title, sortedSeconds }));
}

/** A curve an experiment in which a task has that phase. */
export function experimentCurves(members: readonly Labelled[], phase: PhaseName): readonly Curve[] {
  return members.flatMap(({ experiment, name, label }) => {
    const sortedSeconds = sortedOf(experiment, phase);
    return sortedSeconds.length === 0 ? [] : [{ name, label, sortedSeconds }];
  });
}

/** Seconds in a phase, ascending; none where no task has it. */
export function sortedOf(experiment: Experiment, phase: PhaseName): Float64Array {
  return phaseTimes(experiment).phases.find(({ name }) => name === phase)?.sortedSeconds ?? new Float64Array(0);
}
