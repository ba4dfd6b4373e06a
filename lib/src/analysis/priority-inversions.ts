import { bisectRight } from 'd3-array';
import { configOf, workflowsOf } from '../config/mixed.ts';
import { parentsOf, taskGraph } from '../config/task-graph.ts';
import type { Experiment } from '../results/experiment.ts';
import { wholeColumn } from './columns.ts';
import { type Distribution, distribution } from './distribution.ts';
import { frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';
import { shapedRuns } from './shaped-runs.ts';
import { sortNumbers } from './sort-numbers.ts';
import { takenMs } from './task-stretches.ts';
import { workflowRows } from './workflow-tasks.ts';

/** Tasks that went before others of a higher priority. */
export interface PriorityInversions {
  /** Tasks that were taken while one of a higher priority waited. */
  readonly tasks: number;
  /** Those, of all that were taken and had a higher priority above them. */
  readonly ratio: number;
  /** Tasks that one of a lower priority went before. */
  readonly overtaken: number;
  /** Those, of all that were taken and had a lower priority below them. */
  readonly overtakenRatio: number;
  /** How long each of those waited on, from when the first of a lower priority went before it; seconds. */
  readonly behindSeconds: Distribution;
}

/**
 * Priority inversions of the workflows of an experiment; undefined where all have one priority.
 *
 * A task waits from when the engine surely had it and could begin it (created, its run's submission answered, all tasks ended that it comes after) until it is
 * taken (dispatched, or started with an engine that does not say). A task that is taken while another of a higher priority waits is an inversion:
 * strictly between the two moments, so that tasks taken in one transaction are none. Tasks of workflows with limits are left out among those that wait,
 * as it may be their own limit that they wait for. What runs already when a higher priority comes is no inversion here: no engine takes a place away
 * from a task. After L. Sha, R. Rajkumar and J. P. Lehoczky, Priority Inheritance Protocols (IEEE Transactions on Computers 39, 1990),
 * who call it an inversion when a job waits for one of a lower priority.
 *
 * By priority one sweep over moments in order: n log n of the tasks, not their pairs.
 */
export const priorityInversions = perExperiment((experiment: Experiment): PriorityInversions | undefined => {
  const priorities = [...new Set(workflowsOf(experiment.manifest.config).map(({ priority }) => priority))].sort(
    (one, other) => other - one,
  );
  if (priorities.length < 2) return undefined;
  const levels = priorities.map((priority) => levelOf(experiment, priority));
  const counts = { tasks: 0, below: 0, above: 0 };
  const behind: Float64Array[] = [];
  for (let level = 0; level < levels.length; level++) {
    const { takenMs: taken, waiting } = levels[level] as Level;
    const higher = levels.slice(0, level);
    if (higher.length > 0) {
      counts.below += taken.length;
      counts.tasks += takenWhileWaiting(
        taken,
        merged(higher, (each) => each.waiting.fromMs),
        merged(higher, (each) => each.waiting.toMs),
      );
    }
    const lower = levels.slice(level + 1);
    if (lower.length > 0) {
      counts.above += waiting.count;
      behind.push(
        waitedBehind(
          waiting,
          merged(lower, (each) => each.takenMs),
        ),
      );
    }
  }
  const seconds = concatenated(behind);
  return {
    tasks: counts.tasks,
    ratio: counts.tasks / counts.below,
    overtaken: seconds.length,
    overtakenRatio: seconds.length / counts.above,
    behindSeconds: distribution(seconds),
  };
});

/** The tasks of one priority; epoch milliseconds, in order. */
interface Level {
  readonly takenMs: Float64Array;
  readonly waiting: Waiting;
}

/** When tasks of workflows without limits waited: those that did not wait at all are only in `count`. */
interface Waiting {
  readonly count: number;
  /** From and to when, by task. */
  readonly pairs: { readonly fromMs: Float64Array; readonly toMs: Float64Array };
  /** The same, each in order. */
  readonly fromMs: Float64Array;
  readonly toMs: Float64Array;
}

function levelOf(experiment: Experiment, priority: number): Level {
  const frame = frameOf(experiment);
  const readyMs = readiness(experiment);
  const ofLevel = workflowRows(experiment).filter(({ workflow }) => workflow.priority === priority);
  const taken = concatenated(ofLevel.map(({ rows }) => Float64Array.from(rows, (row) => takenMs(frame, row))));
  const unlimited = ofLevel.filter(({ workflow: { limits } }) => limits.concurrency === undefined && limits.rate === undefined);
  const length = unlimited.reduce((sum, { rows }) => sum + rows.length, 0);
  const from = new Float64Array(length);
  const to = new Float64Array(length);
  let [count, waited] = [0, 0];
  for (const { rows } of unlimited)
    for (const row of rows) {
      const ready = readyMs(row);
      const takenAt = takenMs(frame, row);
      if (Number.isNaN(ready)) continue;
      // One that was never taken waited to the end.
      const until = Number.isNaN(takenAt) ? Number.POSITIVE_INFINITY : takenAt;
      count++;
      if (!(ready < until)) continue;
      from[waited] = ready;
      to[waited++] = until;
    }
  const pairs = { fromMs: from.subarray(0, waited), toMs: to.subarray(0, waited) };
  return {
    takenMs: sortNumbers(taken),
    waiting: { count, pairs, fromMs: sortNumbers(pairs.fromMs), toMs: inOrder(pairs.toMs) },
  };
}

/** From when each task could be taken, by row; NaN where that is not known. */
function readiness(experiment: Experiment): (row: number) => number {
  const { runs, tasks } = frameOf(experiment);
  const { config } = experiment.manifest;
  const shaped = shapedRuns(experiment);
  const graphs = workflowsOf(config).map((workflow) => taskGraph(configOf(config, workflow)));
  const indexes = shaped ? wholeColumn(experiment.tasks, 'taskIndex') : new Int32Array();
  return (row) => {
    const run = tasks.run[row] as number;
    const acknowledged = runs.acknowledgedMs[run] ?? Number.NaN;
    let ready = Math.max(tasks.createdMs[row] as number, Number.isNaN(acknowledged) ? Number.NEGATIVE_INFINITY : acknowledged);
    const graph = graphs[runs.workflow[run] as number];
    if (shaped && graph)
      for (const parent of parentsOf(graph, indexes[row] as number))
        ready = Math.max(ready, tasks.finishedMs[shaped.rowOf(run, parent)] ?? Number.NaN);
    return ready;
  };
}

/** How many of the moments, in order, are strictly within one stretch at least, whose begins and ends are each in order. */
function takenWhileWaiting(momentsMs: Float64Array, fromMs: Float64Array, toMs: Float64Array): number {
  let [count, begun, ended] = [0, 0, 0];
  for (const ms of momentsMs) {
    while (begun < fromMs.length && (fromMs[begun] as number) < ms) begun++;
    while (ended < toMs.length && (toMs[ended] as number) <= ms) ended++;
    if (begun > ended) count++;
  }
  return count;
}

/** For each that waited when one of the moments, in order, came: the seconds from the first of them on. */
function waitedBehind({ pairs: { fromMs, toMs } }: Waiting, momentsMs: Float64Array): Float64Array {
  const seconds = new Float64Array(fromMs.length);
  let count = 0;
  for (let index = 0; index < fromMs.length; index++) {
    const first = momentsMs[bisectRight(momentsMs, fromMs[index] as number)];
    const until = toMs[index] as number;
    if (first === undefined || !(first < until)) continue;
    seconds[count++] = Number.isFinite(until) ? (until - first) / 1000 : Number.NaN;
  }
  return seconds.subarray(0, count);
}

function merged(levels: readonly Level[], of: (level: Level) => Float64Array): Float64Array {
  const [only] = levels;
  return levels.length === 1 && only ? of(only) : inOrder(concatenated(levels.map(of)));
}

/** Moments in order; those that never came, as Infinity, last. */
function inOrder(momentsMs: Float64Array): Float64Array {
  return momentsMs.includes(Number.POSITIVE_INFINITY) ? momentsMs.toSorted() : sortNumbers(momentsMs);
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}
