import type { Experiment } from '../results/experiment.ts';
import { flagColumn, numberColumn, textColumn } from './columns.ts';
import { type Stretches, meanCount, taskStretches } from './task-stretches.ts';

/** A backlog that grows by less than this share of what is offered is taken to be at rest. */
const growthLimitRatio = 0.02;

export interface Backlog {
  /** Tasks of runs that were due in the span, a second; dropped and rejected runs are in it. */
  readonly offeredPerSecond: number;
  /** Tasks due and not ended, those of dropped and rejected runs among them: the mean of the second quarter of the span, and of its last. */
  readonly outstandingEarly: number;
  readonly outstandingLate: number;
  /** How fast it grew from the one to the other, tasks a second. */
  readonly growthPerSecond: number;
  /** More than 2 % of what was offered, and more than chance: three standard deviations of counts of that size. */
  readonly grows: boolean;
}

/**
 * How many tasks were on their way between two moments, and whether they became more.
 *
 * A target that keeps up has offered rate x latency of them (J. Little, 1961), however long it is looked at; one that doesn't has ever more.
 */
export function backlog(experiment: Experiment, fromMs: number, toMs: number): Backlog {
  const { outstanding } = taskStretches(experiment);
  const neverDone = dueOfRunsWithoutTasks(experiment);
  const quarter = (toMs - fromMs) / 4;
  const tasksPerRun = experiment.manifest.config.tasks_per_workflow;
  const mean = (from: number, to: number): number => meanCount(outstanding, from, to) + tasksPerRun * meanCount(neverDone, from, to);
  const outstandingEarly = mean(fromMs + quarter, fromMs + 2 * quarter);
  const outstandingLate = mean(fromMs + 3 * quarter, toMs);
  const seconds = (2 * quarter) / 1000;
  const offeredPerSecond = offeredTasksPerSecond(experiment, fromMs, toMs);
  const growth = outstandingLate - outstandingEarly;
  // The tasks of one run come together: chance moves the count in steps of a run.
  const chance = 3 * Math.sqrt(tasksPerRun * Math.max(outstandingEarly, tasksPerRun));
  return {
    offeredPerSecond,
    outstandingEarly,
    outstandingLate,
    growthPerSecond: growth / seconds,
    grows: growth > Math.max(growthLimitRatio * offeredPerSecond * seconds, chance),
  };
}

/** Tasks of the runs that were due from `fromMs` to just before `toMs`, a second. Runs of the warm-up don't count. */
export function offeredTasksPerSecond({ runs, manifest }: Experiment, fromMs: number, toMs: number): number {
  const warmUp = flagColumn(runs, 'warmUp');
  let due = 0;
  for (const [row, ms] of numberColumn(runs, 'dueMs').entries()) if (warmUp[row] === 0 && ms >= fromMs && ms < toMs) due++;
  return (due * manifest.config.tasks_per_workflow) / ((toMs - fromMs) / 1000);
}

/** Work that was offered and that the target never took: without it a target that is spared the rest would seem to catch up. */
function dueOfRunsWithoutTasks({ runs }: Experiment): Stretches {
  const statuses = textColumn(runs, 'status');
  const warmUp = flagColumn(runs, 'warmUp');
  const fromMs = numberColumn(runs, 'dueMs').filter((_, row) => warmUp[row] === 0 && statuses[row] !== 'submitted');
  return { fromMs, toMs: fromMs.map(() => Number.NaN) };
}
