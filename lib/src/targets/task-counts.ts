import type { TaskCounts, TaskRow } from './target.ts';

/** Adds up rows of (engine's state, count) in orchlab's words. Throws when the engine has a state that `states` does not know. */
export function toTaskCounts(
  engine: string,
  states: Readonly<Record<string, TaskRow['status']>>,
  rows: readonly { readonly status: string; readonly count: number }[],
): TaskCounts {
  const counts: { -readonly [K in keyof TaskCounts]: number } = {
    pending: 0,
    dispatched: 0,
    running: 0,
    finished: 0,
    failed: 0,
    cancelled: 0,
  };
  for (const { status, count } of rows) counts[toTaskState(engine, states, status)] += count;
  return counts;
}

/** An engine's state in orchlab's words. Throws when `states` does not know it. */
export function toTaskState(engine: string, states: Readonly<Record<string, TaskRow['status']>>, status: string): TaskRow['status'] {
  const state = Object.hasOwn(states, status) ? states[status] : undefined;
  if (state === undefined)
    throw new Error(
      `${engine} has a task in the state ${JSON.stringify(status)}, which orchlab does not know: expected one of ${Object.keys(states).join(', ')}`,
    );
  return state;
}
