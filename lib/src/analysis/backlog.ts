import { mean, variance } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { type Edges, edgesOf, meanComeBy, meanCount } from './edges.ts';
import { type Frame, frameOf, submittedCode } from './frame.ts';
import { runSizes } from './run-sizes.ts';
import { loadSpan } from './load-span.ts';
import { taskStretches } from './task-stretches.ts';

/** A backlog that grows by less than this share of what is offered is taken to be at rest. */
export const growthLimitRatio = 0.02;
/** Parts of each quarter that are looked at on their own, to tell growth from coming and going. */
const batches = 5;

export interface Backlog {
  /** Tasks of runs that were due in the span, a second; dropped and rejected runs are in it. */
  readonly offeredPerSecond: number;
  /** Tasks due and not ended, those of dropped and rejected runs among them: the mean of the second quarter of the span, and of its last. */
  readonly outstandingEarly: number;
  readonly outstandingLate: number;
  /** How fast the backlog grew from the one to the other, tasks a second: what is outstanding beyond what the load itself explains. */
  readonly growthPerSecond: number;
  /** By more than 2 % of what was offered, three standard errors, and the tasks of one run. */
  readonly grows: boolean;
}

/**
 * How many tasks were on their way between two moments, and whether they became more than the load explains.
 *
 * A target that keeps up has offered rate x latency of them (J. Little, 1961), however long it is looked at; one that doesn't has ever
 * more. So what would be outstanding if every task took as long as those of the first quarter did is taken off: a load that has just
 * begun, or that rises, makes more outstanding by itself. The second quarter is compared with the last. The standard error of their
 * difference is that of batch means (A. M. Law, Simulation Modeling and Analysis): the spread of five parts of each.
 */
export function backlog(experiment: Experiment, fromMs: number, toMs: number): Backlog {
  const { outstanding } = taskStretches(experiment);
  const neverDone = dueOfRunsWithoutTasks(experiment);
  const { mean: tasksPerRun } = runSizes(experiment);
  const quarterMs = (toMs - fromMs) / 4;
  const outstandingBetween = (from: number, to: number): number =>
    meanCount(outstanding, from, to) + tasksPerRun * meanComeBy(neverDone, from, to);

  const latencyMs = meanLatencyMs(frameOf(experiment), fromMs, fromMs + quarterMs, loadSpan(experiment).endMs);
  const lasting = (begins: Edges, from: number, to: number): number =>
    meanComeBy(begins, from, to) - meanComeBy(begins, from - latencyMs, to - latencyMs);
  const explainedBetween = (from: number, to: number): number =>
    lasting(outstanding.begins, from, to) + tasksPerRun * lasting(neverDone, from, to);
  /** Beyond what the load explains, by part. */
  const excess = (beginMs: number): readonly number[] =>
    Array.from({ length: batches }, (_, batch) => {
      const from = beginMs + (batch * quarterMs) / batches;
      const to = beginMs + ((batch + 1) * quarterMs) / batches;
      return outstandingBetween(from, to) - explainedBetween(from, to);
    });
  const early = excess(fromMs + quarterMs);
  const late = excess(fromMs + 3 * quarterMs);
  const growth = (mean(late) ?? Number.NaN) - (mean(early) ?? Number.NaN);
  const seconds = (2 * quarterMs) / 1000;
  const offeredPerSecond = offeredTasksPerSecond(experiment, fromMs, toMs);
  const standardError = Math.sqrt(((variance(early) ?? Number.NaN) + (variance(late) ?? Number.NaN)) / batches);
  return {
    offeredPerSecond,
    outstandingEarly: outstandingBetween(fromMs + quarterMs, fromMs + 2 * quarterMs),
    outstandingLate: outstandingBetween(fromMs + 3 * quarterMs, toMs),
    growthPerSecond: growth / seconds,
    grows: growth > Math.max(growthLimitRatio * offeredPerSecond * seconds, 3 * standardError, tasksPerRun),
  };
}

/** Tasks of the runs that were due from `fromMs` to just before `toMs`, a second. Runs of the warm-up don't count. */
export function offeredTasksPerSecond(experiment: Experiment, fromMs: number, toMs: number): number {
  const { runs } = frameOf(experiment);
  const sizes = runSizes(experiment);
  let due = 0;
  for (let row = 0; row < runs.count; row++) {
    const ms = runs.dueMs[row] as number;
    if (runs.warmUp[row] === 0 && ms >= fromMs && ms < toMs) due += sizes.of(row);
  }
  return due / ((toMs - fromMs) / 1000);
}

/** Work that was offered and that the target never took: without it a target that is spared the rest would seem to catch up. */
function dueOfRunsWithoutTasks(experiment: Experiment): Edges {
  const { runs } = frameOf(experiment);
  return edgesOf(runs.dueMs.filter((_, row) => runs.warmUp[row] === 0 && runs.status[row] !== submittedCode));
}

/** Of the tasks that were due in [fromMs, toMs); one that never ended is taken to have lasted until `endMs`. 0 when there are none. */
function meanLatencyMs({ runs, tasks }: Frame, fromMs: number, toMs: number, endMs: number): number {
  let total = 0;
  let count = 0;
  for (let row = 0; row < tasks.count; row++) {
    const ms = runs.dueMs[tasks.run[row] as number] ?? Number.NaN;
    if (!(ms >= fromMs && ms < toMs)) continue;
    const end = tasks.finishedMs[row] as number;
    total += (Number.isNaN(end) ? endMs : end) - ms;
    count++;
  }
  return count > 0 ? total / count : 0;
}
