import { seededRandom } from '../../src/random/seeded-random.ts';

/** How runs of one task each come. */
export type PlantedLoad = 'constant' | 'poisson' | 'burst' | 'closed';

/**
 * What a fault does to the engine. `stop`: what is in work is cut off, and nothing begins. `freeze`: what is in work goes on after it. `slow`: half of the places are gone.
 * `nothing`: it has no effect.
 */
export interface PlantedFault {
  readonly effect: 'stop' | 'freeze' | 'slow' | 'nothing';
  readonly atSeconds: number;
  readonly seconds: number;
}

export interface PlantedPlan {
  readonly seed: number;
  readonly load: PlantedLoad;
  readonly perSecond: number;
  readonly loadSeconds: number;
  readonly faults: readonly PlantedFault[];
  /** Whether submissions during a stop are kept, and made up for after it; else they are refused. */
  readonly catchesUp: boolean;
}

export interface PlantedTask {
  readonly dueMs: number;
  readonly isRefused: boolean;
  dispatchedMs: number;
  finishedMs: number;
  outcome: 'finished' | 'lost' | 'stuck';
  /** When each of its executions began. */
  readonly executionsMs: number[];
  /** The fault that cut off the last of them; -1: none did. */
  cutOffBy: number;
}

/** So long works a task on average: few enough places that half of them are missed, enough that there is a half. */
export function workSeconds(perSecond: number): number {
  return perSecond < 100 ? 0.4 : perSecond < 1000 ? 0.1 : 0.05;
}

/** Of the tasks that a stop cuts off so many are lost, and so many more are stuck; the others are executed again, at once when it is over. */
const lostShare = 0.1;
const stuckShare = 0.1;
const stepMs = 1;

/**
 * The tasks of an engine with a queue in order and so many places, in steps of a millisecond, milliseconds since the load began: the same plan gives the same ones. In an open load it has half
 * as many places more than it needs; in a burst and a closed loop as many as give the rate.
 */
export function plantedTasks({ seed, load, perSecond, loadSeconds, faults, catchesUp }: PlantedPlan): readonly PlantedTask[] {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const workMs = 1000 * workSeconds(perSecond);
  const isOpen = load === 'constant' || load === 'poisson';
  const places = Math.round((isOpen ? 1.5 : 1) * perSecond * workSeconds(perSecond));
  const loadMs = 1000 * loadSeconds;
  const lastDueMs = isOpen ? loadMs - stepMs : -1;
  const tasks: PlantedTask[] = [];
  /** What waits begins at `next`. */
  const queue: PlantedTask[] = [];
  let next = 0;
  const busy = new Map<PlantedTask, number>();
  let isUp = true;
  const submit = (dueMs: number): void => {
    const isRefused = !catchesUp && !isUp;
    const task: PlantedTask = {
      dueMs,
      isRefused,
      dispatchedMs: Number.NaN,
      finishedMs: Number.NaN,
      outcome: 'finished',
      executionsMs: [],
      cutOffBy: -1,
    };
    tasks.push(task);
    if (!isRefused) queue.push(task);
  };
  if (load === 'burst') for (let index = 0; index < perSecond * loadSeconds; index++) submit(0);
  if (load === 'closed') for (let index = 0; index < places; index++) submit(0);
  let nextMs = load === 'poisson' ? (-1000 * Math.log(1 - random())) / perSecond : 0;
  const begun = new Set<number>();
  for (let nowMs = 0; nowMs < loadMs || queue.length - next + busy.size > 0; nowMs += stepMs) {
    const active = faults.filter(({ atSeconds, seconds }) => nowMs >= 1000 * atSeconds && nowMs < 1000 * (atSeconds + seconds));
    isUp = !active.some(({ effect }) => effect === 'stop' || effect === 'freeze');
    for (const [index, { effect, atSeconds }] of faults.entries()) {
      if (nowMs < 1000 * atSeconds || begun.has(index)) continue;
      begun.add(index);
      if (effect !== 'stop') continue;
      const again: PlantedTask[] = [];
      for (const task of busy.keys()) {
        const chance = random();
        task.outcome = chance < lostShare ? 'lost' : chance < lostShare + stuckShare ? 'stuck' : 'finished';
        task.cutOffBy = index;
        if (task.outcome === 'finished') again.push(task);
        // Whoever waits for it gives up, and asks for another.
        else if (load === 'closed') submit(nowMs);
      }
      busy.clear();
      queue.splice(next, 0, ...again);
    }
    while (nextMs <= Math.min(nowMs, lastDueMs)) {
      submit(nextMs);
      nextMs += (load === 'poisson' ? -Math.log(1 - random()) : 1) * (1000 / perSecond);
    }
    if (!isUp) {
      // What is frozen goes on later.
      for (const [task, endMs] of busy) busy.set(task, endMs + stepMs);
      continue;
    }
    for (const [task, endMs] of busy) {
      if (endMs > nowMs) continue;
      busy.delete(task);
      // Within the step: the moments of an engine are not whole milliseconds.
      task.finishedMs = nowMs + stepMs * random();
      if (load === 'closed' && nowMs < loadMs) submit(nowMs);
    }
    const room = active.some(({ effect }) => effect === 'slow') ? Math.ceil(places / 2) : places;
    while (busy.size < room && next < queue.length) {
      const task = queue[next++] as PlantedTask;
      task.dispatchedMs = nowMs + stepMs * random();
      task.executionsMs.push(task.dispatchedMs);
      busy.set(task, nowMs + workMs * Math.exp(0.2 * normal() - 0.02));
    }
  }
  return tasks;
}
