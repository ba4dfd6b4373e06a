import type { Experiment } from '../results/experiment.ts';
import { type Stretches, edgesOf, sortedEdges, stretchesOf } from './edges.ts';
import { type Frame, frameOf } from './frame.ts';
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
  const frame = frameOf(experiment);
  const { finishedMs } = frame.tasks;
  const order = orderOf(frame);
  const ends = sortedEdges(endsInOrder(experiment));
  const begins = edgesOf(timesBy(frame, takenMs));
  // Nearly always the same moments in the same order: then they are sorted once. No more columns are worked out than it takes, and none is kept.
  const inPlace = order.endsAfterTaken ? { begins, ends } : stretchesOf(timesBy(frame, takenMs), finishedMs);
  const waiting = order.takenAfterAccepted
    ? { begins: edgesOf(timesBy(frame, acceptedMs)), ends: begins }
    : stretchesOf(timesBy(frame, acceptedMs), timesBy(frame, leftMs));
  const outstanding = order.endsAfterDue
    ? { begins: edgesOf(timesBy(frame, dueMs)), ends }
    : stretchesOf(timesBy(frame, dueMs), finishedMs);
  return { outstanding, waiting, inPlace };
});

/** Whether every task that has the earlier moment, or an end without one, has the later moment after it. */
interface Order {
  readonly endsAfterTaken: boolean;
  readonly takenAfterAccepted: boolean;
  readonly endsAfterDue: boolean;
}

function orderOf(frame: Frame): Order {
  let [endsAfterTaken, takenAfterAccepted, endsAfterDue] = [true, true, true];
  for (let row = 0; row < frame.tasks.count; row++) {
    const endedMs = frame.tasks.finishedMs[row] as number;
    const taken = takenMs(frame, row);
    const accepted = acceptedMs(frame, row);
    const due = dueMs(frame, row);
    const endsUntaken = Number.isNaN(taken) && !Number.isNaN(endedMs);
    if (endsUntaken || endedMs < taken) endsAfterTaken = false;
    if (endsUntaken || Number.isNaN(accepted) || taken < accepted) takenAfterAccepted = false;
    if (Number.isNaN(due) || endedMs < due) endsAfterDue = false;
  }
  return { endsAfterTaken, takenAfterAccepted, endsAfterDue };
}

function timesBy(frame: Frame, timeOf: (frame: Frame, row: number) => number): Float64Array {
  const times = new Float64Array(frame.tasks.count);
  for (let row = 0; row < times.length; row++) times[row] = timeOf(frame, row);
  return times;
}

function dueMs({ runs, tasks }: Frame, row: number): number {
  return runs.dueMs[tasks.run[row] as number] ?? Number.NaN;
}

function acceptedMs({ runs, tasks }: Frame, row: number): number {
  const acknowledgedMs = runs.acknowledgedMs[tasks.run[row] as number] ?? Number.NaN;
  return Number.isNaN(acknowledgedMs) ? (tasks.createdMs[row] as number) : acknowledgedMs;
}

/** When a task took a place: dispatched, or of an engine that does not say when, started. */
export function takenMs({ tasks }: Frame, row: number): number {
  const dispatchedMs = tasks.dispatchedMs[row] as number;
  return Number.isNaN(dispatchedMs) ? (tasks.startedMs[row] as number) : dispatchedMs;
}

/** When it no longer waited: a cancelled task may end without having been dispatched. */
function leftMs(frame: Frame, row: number): number {
  const taken = takenMs(frame, row);
  return Number.isNaN(taken) ? (frame.tasks.finishedMs[row] as number) : taken;
}
