import { table } from 'arquero';
import type { FigureTable } from './figure-tables.ts';
import type { Experiment } from '../results/experiment.ts';
import { frameOf, taskStatuses } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { sortNumbers } from './sort-numbers.ts';
import { perExperiment } from './per-experiment.ts';

/** What a task is at a moment: on its way (pending, dispatched, running), or ended for good. */
export type TaskState = 'pending' | 'dispatched' | 'running' | 'finished' | 'failed' | 'cancelled';

/** The states in the order of tables and plots. */
export const taskStateNames: readonly TaskState[] = ['pending', 'dispatched', 'running', 'finished', 'failed', 'cancelled'];

/** States that are left out where no task was ever in them. */
const optionalStates: ReadonlySet<TaskState> = new Set(['failed', 'cancelled']);

export interface TaskStatesOptions {
  /** Moments at which tasks are counted, evenly spread. Default 400. */
  readonly points?: number;
}

/**
 * How many tasks were in each state, at evenly spread moments from the first submission to the end.
 *
 * Columns: seconds (since the first submission), state, tasks. Exact at each moment, from the tasks' own times and not from the
 * engine's counts: pending from created to dispatched, dispatched to started, running to ended; a lost task stays in the state that it
 * last reached. States that no task ended in (failed, cancelled) are left out. A task of which a time is not known skips that state.
 * Throws a RangeError when `points` is not a whole number above 1.
 */
export function taskStates(experiment: Experiment, options: TaskStatesOptions = {}): FigureTable<'taskStates'> {
  const { points = 400 } = options;
  if (!Number.isInteger(points) || points < 2)
    throw new RangeError(`taskStates: expected points to be a whole number above 1, got ${points}`);
  const { originMs, endMs } = loadSpan(experiment);
  const stepMs = (endMs - originMs) / (points - 1);
  const changes = Object.fromEntries(taskStateNames.map((state) => [state, new Int32Array(points)])) as Record<TaskState, Int32Array>;

  // A change counts from the first moment that is not before it.
  const pointOf = (ms: number): number => Math.min(Math.max(stepMs > 0 ? Math.ceil((ms - originMs) / stepMs) : 0, 0), points - 1);
  const move = (ms: number, to: TaskState, from: TaskState | undefined): void => {
    const point = pointOf(ms);
    changes[to][point] = (changes[to][point] ?? 0) + 1;
    if (from !== undefined) changes[from][point] = (changes[from][point] ?? 0) - 1;
  };

  const { tasks } = frameOf(experiment);
  const steps = [
    ['pending', tasks.createdMs],
    ['dispatched', tasks.dispatchedMs],
    ['running', tasks.startedMs],
  ] as const;
  for (let row = 0; row < tasks.count; row++) {
    let current: TaskState | undefined;
    for (const [state, times] of steps) {
      const ms = times[row] as number;
      if (Number.isNaN(ms)) continue;
      move(ms, state, current);
      current = state;
    }
    const endedMs = tasks.finishedMs[row] as number;
    const status = taskStatuses[tasks.status[row] as number] ?? 'lost';
    if (status !== 'lost' && !Number.isNaN(endedMs)) move(endedMs, status, current);
  }

  const states = taskStateNames.filter((state) => !optionalStates.has(state) || changes[state].some((change) => change !== 0));
  const seconds = Float64Array.from({ length: points }, (_, point) => (point * stepMs) / 1000);
  return table({
    seconds: Float64Array.from(states.flatMap(() => [...seconds])),
    state: states.flatMap((state) => Array.from(seconds, () => state)),
    tasks: Int32Array.from(states.flatMap((state) => runningSum(changes[state]))),
  }) as FigureTable<'taskStates'>;
}

/** Most tasks that were pending at once: exact, from their own times, and not only at the moments of a plot. */
export const mostPending = perExperiment((experiment: Experiment): number => {
  const { tasks } = frameOf(experiment);
  const beginsMs = new Float64Array(tasks.count).fill(Number.NaN);
  const endsMs = new Float64Array(tasks.count).fill(Number.NaN);
  for (let row = 0; row < tasks.count; row++) {
    const createdMs = tasks.createdMs[row] as number;
    let endMs = tasks.dispatchedMs[row] as number;
    if (Number.isNaN(endMs)) endMs = tasks.startedMs[row] as number;
    if (Number.isNaN(endMs)) endMs = tasks.finishedMs[row] as number;
    if (Number.isNaN(createdMs) || endMs <= createdMs) continue;
    beginsMs[row] = createdMs;
    endsMs[row] = endMs;
  }
  const begins = sortNumbers(beginsMs);
  const ends = sortNumbers(endsMs);
  let most = 0;
  for (let begun = 1, ended = 0; begun <= begins.length; begun++) {
    // One that ends as another begins was not there with it.
    while ((ends[ended] ?? Infinity) <= (begins[begun - 1] ?? Number.NaN)) ended++;
    if (begun - ended > most) most = begun - ended;
  }
  return most;
});

function runningSum(changes: Int32Array): number[] {
  let sum = 0;
  return Array.from(changes, (change) => (sum += change));
}
