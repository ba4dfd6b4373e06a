import { type TaskDuration, drawnSeconds } from './task-duration.ts';

/** Tasks are drawn for by their index; a run by one that no task has. */
const indexOfRun = -1;

/**
 * When a run with a delay asks to begin, epoch milliseconds: so long after it was sent as is drawn for it, which follows from its id, as the work of its tasks
 * does. What was asked can be told of any run, and is in no column.
 */
export function notBeforeMs(delay: TaskDuration, { runId, sentMs }: { readonly runId: string; readonly sentMs: number }): number {
  return sentMs + 1000 * drawnSeconds(delay, runId, indexOfRun);
}

/**
 * When a task could have been begun: when it was created, or when its run had asked to begin where that is later. One that was begun before its time had
 * been able to from then on. Epoch milliseconds; NaN where it was never created.
 */
export function ableMs(createdMs: number, askedMs: number, dispatchedMs: number): number {
  if (!(askedMs > createdMs)) return createdMs;
  return dispatchedMs < askedMs ? Math.max(createdMs, dispatchedMs) : askedMs;
}
