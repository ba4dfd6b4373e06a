import { setTimeout as sleep } from 'node:timers/promises';
import type { Places } from '../results/target-profile.ts';

/** What a measurement of the tasks that run at once came to. */
export interface TasksAtOnce {
  /** How many were submitted, all of which would run at once if nothing bounded them. */
  readonly submitted: number;
  /** How many of them had begun and not ended. */
  readonly running: number;
}

export interface TasksAtOnceOptions {
  readonly submitted: number;
  readonly places: Places;
  /** Executions that have begun, by the evidence that tasks leave; they work longer than the measurement takes. */
  readonly begun: () => number;
  /** How many have ended all the same, by what the engine itself counts. */
  readonly ended: () => Promise<number>;
  /** Limit for the whole. */
  readonly limitSeconds: number;
  readonly signal?: AbortSignal;
}

/** More places than this are not tried out: each takes a process. */
const mostPlaces = 100;
/** So long no further task begins, then no more do: longer than the polling interval of any engine. */
const settleSeconds = 5;
/** So long after as many as were declared have begun, a further one shows. */
const surplusSeconds = 1.5;
const lookMs = 50;

/**
 * How many tasks to submit so that, with the declared places all taken, some wait; undefined where there are too many places to try.
 * `dispatches` is what the config asks for, where the engine declares nothing.
 */
export function tasksToTry(places: Places, dispatches: number): number | undefined {
  const count = places.kind === 'bounded' ? places.count : dispatches;
  if (count > mostPlaces) return undefined;
  return places.kind === 'bounded' ? count + Math.max(4, Math.ceil(count / 2)) : 3 * count;
}

/** Waits until as many tasks run at once as ever will: no further one has begun for a while, or all have. */
export async function measureTasksAtOnce(options: TasksAtOnceOptions): Promise<TasksAtOnce> {
  const { submitted, places, begun, ended, limitSeconds, signal } = options;
  const startMs = performance.now();
  let seen = 0;
  let grewMs = startMs;
  for (;;) {
    signal?.throwIfAborted();
    const now = performance.now();
    // In this order: one that ends in between must not seem to run.
    const running = begun() - (await ended());
    if (running > seen) {
      seen = running;
      grewMs = now;
    }
    const still = (now - grewMs) / 1000;
    const enough = places.kind === 'bounded' && seen === places.count ? surplusSeconds : settleSeconds;
    const isOver = seen >= submitted || (places.kind === 'bounded' && seen > places.count) || (seen > 0 && still > enough);
    if (isOver || (now - startMs) / 1000 > limitSeconds) return { submitted, running: seen };
    await sleep(lookMs);
  }
}

/** What a measurement says of the places that a target declares: what is wrong, or worth knowing, in words. */
export function placesFinding(places: Places, { submitted, running }: TasksAtOnce): { readonly problem?: string; readonly note?: string } {
  const seen = running === submitted ? `all ${submitted} tasks` : `${running} of ${submitted} tasks`;
  if (running <= 0) return { problem: `none of ${submitted} tasks had begun: how many run at once could not be seen` };
  switch (places.kind) {
    case 'bounded':
      if (running > places.count)
        return { problem: `${seen} ran at once, more than the ${places.count} places that the target declares (${places.by})` };
      if (running < places.count)
        return {
          problem: `${seen} ran at once, fewer than the ${places.count} places that the target declares (${places.by}), while the others waited`,
        };
      return {};
    case 'unbounded':
      return running < submitted
        ? { problem: `${seen} ran at once while the others waited, though \`places\` says that nothing bounds them` }
        : {};
    case 'unknown':
      return running < submitted
        ? {
            note: `it had ${running === 1 ? '1 task' : `${running} tasks`} running at once while ${submitted - running} waited: say so in \`places\``,
          }
        : { note: `it had all ${submitted} tasks running at once: say so in \`places\` (unbounded, or what bounds them at more)` };
  }
}
