import type { TaskRow } from './target.ts';

/** An engine's state in orchlab's words. Throws when `states` does not know it. */
export function toTaskState(engine: string, states: Readonly<Record<string, TaskRow['status']>>, status: string): TaskRow['status'] {
  const state = Object.hasOwn(states, status) ? states[status] : undefined;
  if (state === undefined)
    throw new Error(
      `${engine} has a task in the state ${JSON.stringify(status)}, which orchlab does not know: expected one of ${Object.keys(states).join(', ')}`,
    );
  return state;
}

/** Whether a task in that state has ended, however. */
export function isEnd(status: TaskRow['status']): boolean {
  return status === 'finished' || status === 'failed' || status === 'cancelled';
}
