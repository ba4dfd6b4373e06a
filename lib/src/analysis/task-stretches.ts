import type { Experiment } from '../results/experiment.ts';
import { type Edges, type Stretches, edgesOf, sortedEdges, stretchesOf } from './edges.ts';
import { frameOf } from './frame.ts';
import { sortNumbers } from './sort-numbers.ts';
import { perExperiment } from './per-experiment.ts';

/** What the tasks were when, all that the driver submitted: the warm-up and those that failed too, as they take places. */
export interface TaskStretches {
  /** From when its run was due until it ended. */
  readonly outstanding: Stretches;
  /** From when the engine accepted its run until it was dispatched. */
  readonly waiting: Stretches;
  /** From dispatched until it ended: it holds one of the scheduler's places. */
  readonly inPlace: Stretches;
}

/** When tasks ended, in order. */
export const endsInOrder = perExperiment((experiment: Experiment): Float64Array => sortNumbers(frameOf(experiment).tasks.finishedMs));

/** When tasks started, in order. */
export const startsInOrder = perExperiment((experiment: Experiment): Float64Array => sortNumbers(frameOf(experiment).tasks.startedMs));

/**
 * The stretches of the tasks.
 *
 * An engine that does not say when it dispatched is taken to have done so when the task started.
 */
export const taskStretches = perExperiment((experiment: Experiment): TaskStretches => {
  const { runs, tasks } = frameOf(experiment);
  const [dueMs, acceptedMs] = [new Float64Array(tasks.count), new Float64Array(tasks.count)];
  const [takenMs, leftMs] = [new Float64Array(tasks.count), new Float64Array(tasks.count)];
  // Nearly always the same moments in the same order: then they are sorted once.
  let [endsAsTaken, leavesAsTaken] = [true, true];
  for (let row = 0; row < tasks.count; row++) {
    const run = tasks.run[row] as number;
    const endedMs = tasks.finishedMs[row] as number;
    const acknowledgedMs = runs.acknowledgedMs[run] ?? Number.NaN;
    const accepted = Number.isNaN(acknowledgedMs) ? (tasks.createdMs[row] as number) : acknowledgedMs;
    const dispatched = tasks.dispatchedMs[row] as number;
    const taken = Number.isNaN(dispatched) ? (tasks.startedMs[row] as number) : dispatched;
    dueMs[row] = runs.dueMs[run] ?? Number.NaN;
    acceptedMs[row] = accepted;
    takenMs[row] = taken;
    // A cancelled task may end without having been dispatched: then it no longer waits.
    leftMs[row] = Number.isNaN(taken) ? endedMs : taken;
    const endsUntaken = Number.isNaN(taken) && !Number.isNaN(endedMs);
    if (endsUntaken || endedMs < taken) endsAsTaken = false;
    if (endsUntaken || Number.isNaN(accepted) || taken < accepted) leavesAsTaken = false;
  }
  const ends = sortedEdges(endsInOrder(experiment));
  const begins = edgesOf(takenMs);
  const inPlace = endsAsTaken ? { begins, ends } : stretchesOf(takenMs, tasks.finishedMs);
  const waiting = leavesAsTaken ? { begins: edgesOf(acceptedMs), ends: begins } : stretchesOf(acceptedMs, leftMs);
  return { outstanding: outstandingOf(dueMs, tasks.finishedMs, ends), waiting, inPlace };
});

function outstandingOf(dueMs: Float64Array, endedMs: Float64Array, ends: Edges): Stretches {
  for (let row = 0; row < dueMs.length; row++)
    if (Number.isNaN(dueMs[row]) || (endedMs[row] as number) < (dueMs[row] as number)) return stretchesOf(dueMs, endedMs);
  return { begins: edgesOf(dueMs), ends };
}
