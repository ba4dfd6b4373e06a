import { quantileSorted } from 'd3-array';
import { isMixed } from '../config/mixed.ts';
import type { Experiment } from '../results/experiment.ts';
import { arrival } from './arrival.ts';
import { wholeColumn } from './columns.ts';
import type { Expectation } from './deficit.ts';
import { countUpTo } from './edges.ts';
import { faultEvents } from './fault-events.ts';
import { type Recovery, rateBefore, rateBeforeMs, recovery } from './fault-recovery.ts';
import { finishedCode, frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { repeatedExecutions } from './repeated-executions.ts';
import { sortNumbers } from './sort-numbers.ts';
import { taskKey } from './task-executions.ts';

/** What the rate did after a fault, beside what it was before. */
export interface FaultRecovery extends Recovery {
  /** Ends a second before it; NaN: not known, and so is what it did after it. */
  readonly perSecond: number;
}

/** The recovery from each fault of an experiment, in the order of time. */
export const faultRecoveries = perExperiment((experiment: Experiment): readonly FaultRecovery[] => {
  const events = faultEvents(experiment);
  const { tasks } = frameOf(experiment);
  const endsMs = sortNumbers(tasks.finishedMs.filter((_, row) => tasks.status[row] === finishedCode));
  const endMs = workEndMs(experiment);
  const found: FaultRecovery[] = [];
  let sinceMs = endsMs[0] ?? Number.NaN;
  let before = { perSecond: Number.NaN, sinceMs, calmUntilMs: Number.NaN, dueEnds: undefined as Expectation | undefined };
  for (const [index, { beganMs, endedMs }] of events.entries()) {
    // After a fault what was missed is made up for, at more than the rate: until there were 10 s without one, what was before it counts.
    if (Number.isNaN(before.perSecond) || beganMs - sinceMs >= rateBeforeMs)
      before = {
        perSecond: rateBefore(endsMs, sinceMs, beganMs),
        sinceMs,
        calmUntilMs: beganMs,
        dueEnds: dueEnds(experiment, Math.max(sinceMs, beganMs - rateBeforeMs), beganMs),
      };
    const { perSecond } = before;
    const took: Recovery = Number.isNaN(perSecond)
      ? { rateAfter: 'unseen', ms: Number.NaN }
      : recovery(endsMs, { ...before, beganMs, endedMs, untilMs: events[index + 1]?.beganMs ?? endMs });
    sinceMs = Number.isNaN(perSecond) ? endedMs : beganMs + took.ms;
    found.push({ ...took, perSecond });
  }
  return found;
});

/** Until when there was something to end: the end of the load, and of what it left. */
function workEndMs(experiment: Experiment): number {
  const { tasks } = frameOf(experiment);
  const { endMs } = loadSpan(experiment);
  const someWait = tasks.createdMs.some(
    (ms, row) =>
      !Number.isNaN(ms) &&
      Number.isNaN(tasks.dispatchedMs[row]) &&
      Number.isNaN(tasks.startedMs[row]) &&
      Number.isNaN(tasks.finishedMs[row]),
  );
  if (someWait) return endMs;
  return Math.min(endMs, Math.max(lastOrdinaryEnd(experiment), experiment.manifest.times.loadEndedMs ?? Number.NEGATIVE_INFINITY));
}

/** When the last task ended that was executed once: those that were taken over later are no rate. -Infinity: none did. */
function lastOrdinaryEnd(experiment: Experiment): number {
  const { runs, tasks } = frameOf(experiment);
  const taskIndexes = wholeColumn(experiment.tasks, 'taskIndex');
  const repeated = new Set(repeatedExecutions(experiment).map(({ task }) => task));
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < tasks.count; row++) {
    const endedMs = tasks.status[row] === finishedCode ? (tasks.finishedMs[row] as number) : Number.NEGATIVE_INFINITY;
    if (endedMs > lastMs && !repeated.has(taskKey(runs.runIndex[tasks.run[row] as number] ?? -1, taskIndexes[row] as number)))
      lastMs = endedMs;
  }
  return lastMs;
}

/** The shares of response times that stand for all of them. */
const responseQuantiles = [0.1, 0.3, 0.5, 0.7, 0.9] as const;

/**
 * How many tasks were to end by a moment: of every run, as long after it was due as tasks of that index took (their distribution, by five quantiles) that ended from `fromMs` to `toMs`.
 * Undefined where runs come as others end, or all at once, or no task of some index ended then.
 */
function dueEnds(experiment: Experiment, fromMs: number, toMs: number): Expectation | undefined {
  // Tasks of one index of several workflows are not alike.
  if (arrival(experiment).kind !== 'open' || isMixed(experiment.manifest.config)) return undefined;
  const { runs, tasks } = frameOf(experiment);
  const taskIndexes = wholeColumn(experiment.tasks, 'taskIndex');
  const took: number[][] = Array.from({ length: experiment.manifest.config.tasks_per_workflow }, () => []);
  for (let row = 0; row < tasks.count; row++) {
    const endedMs = tasks.finishedMs[row] as number;
    if (tasks.status[row] === finishedCode && endedMs >= fromMs && endedMs <= toMs)
      took[taskIndexes[row] as number]?.push(endedMs - (runs.wantedMs[tasks.run[row] as number] as number));
  }
  if (took.some((all) => all.length === 0)) return undefined;
  const dueMs = sortNumbers(runs.wantedMs);
  const delaysMs = took.map(sortNumbers).flatMap((all) => responseQuantiles.map((share) => quantileSorted(all, share) ?? Number.NaN));
  return (ms) => delaysMs.reduce((sum, delayMs) => sum + countUpTo(dueMs, ms - delayMs), 0) / responseQuantiles.length;
}
