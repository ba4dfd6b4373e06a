import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { runFacts } from './run-facts.ts';

/** From when to when each task was something, epoch milliseconds; an end that is not known (NaN) never came. */
export interface Stretches {
  readonly fromMs: Float64Array;
  readonly toMs: Float64Array;
}

export interface TaskStretches {
  /** From when its run was due until it ended. */
  readonly outstanding: Stretches;
  /** From when the engine accepted its run until it was dispatched. */
  readonly waiting: Stretches;
  /** From dispatched until it ended: it holds one of the scheduler's places. */
  readonly inPlace: Stretches;
}

const known = new WeakMap<Experiment, TaskStretches>();

/**
 * What each task of the experiment was when: all that the driver submitted, the warm-up and those that failed too, as they take places.
 *
 * An engine that does not say when it dispatched is taken to have done so when the task started.
 */
export function taskStretches(experiment: Experiment): TaskStretches {
  let stretches = known.get(experiment);
  if (stretches === undefined) known.set(experiment, (stretches = readStretches(experiment)));
  return stretches;
}

function readStretches(experiment: Experiment): TaskStretches {
  const { tasks } = experiment;
  const facts = runFacts(experiment);
  const runs = numberColumn(tasks, 'runIndex');
  const endedMs = numberColumn(tasks, 'finishedMs');
  const startedMs = numberColumn(tasks, 'startedMs');
  const createdMs = numberColumn(tasks, 'createdMs');
  const dispatchedMs = numberColumn(tasks, 'dispatchedMs').map((ms, index) => (Number.isNaN(ms) ? (startedMs[index] ?? Number.NaN) : ms));
  const accepted = runs.map((run, index) => {
    const ms = facts.acknowledgedMs(run);
    return Number.isNaN(ms) ? (createdMs[index] ?? Number.NaN) : ms;
  });
  // A cancelled task may end without having been dispatched: then it no longer waits.
  const leftQueue = dispatchedMs.map((ms, index) => (Number.isNaN(ms) ? (endedMs[index] ?? Number.NaN) : ms));
  return {
    outstanding: { fromMs: runs.map(facts.dueMs), toMs: endedMs },
    waiting: { fromMs: accepted, toMs: leftQueue },
    inPlace: { fromMs: dispatchedMs, toMs: endedMs },
  };
}

/** How many of `stretches` there were on average from `fromMs` to `toMs`: exact, not sampled. */
export function meanCount(stretches: Stretches, fromMs: number, toMs: number): number {
  let total = 0;
  for (let index = 0; index < stretches.fromMs.length; index++) {
    const from = stretches.fromMs[index] ?? Number.NaN;
    if (Number.isNaN(from)) continue;
    const end = stretches.toMs[index] ?? Number.NaN;
    total += Math.max(0, Math.min(Number.isNaN(end) ? Infinity : end, toMs) - Math.max(from, fromMs));
  }
  return total / (toMs - fromMs);
}
