import type { TaskRow } from './target.ts';

/** An engine's state in orchlab's words. Throws when `states` does not know it. */
export function toTaskState(engine: string, states: Readonly<Record<string, TaskRow['status']>>, status: string): TaskRow['status'] {
  const state = Object.hasOwn(states, status) ? states[status] : undefined;
  if (state === undefined) throw new Error(unknownState(engine, states, JSON.stringify(status)));
  return state;
}

/** What is wrong with a state, as a JSON text, that `states` does not know. */
export function unknownState(engine: string, states: Readonly<Record<string, TaskRow['status']>>, state: string): string {
  return `${engine} has a task in the state ${state}, which orchlab does not know: expected one of ${Object.keys(states).join(', ')}`;
}

/** Whether a task in that state has ended, however. */
export function isEnd(status: TaskRow['status']): boolean {
  return status === 'finished' || status === 'failed' || status === 'cancelled';
}
