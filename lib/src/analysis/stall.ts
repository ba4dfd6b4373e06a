import { bisectLeft } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { countUpTo } from './edges.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { roleSeries } from './role-series.ts';
import { endsInOrder, startsInOrder, taskStretches } from './task-stretches.ts';
import { fewest, timesInDoubt } from './times-in-doubt.ts';
import { longestTaskSeconds } from '../config/mixed.ts';

export interface Stall {
  /** Since the first submission. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Tasks that waited to be dispatched when it was over. */
  readonly waitingTasks: number;
}

interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A shorter pause is no stall, nor is one of a few times of the polling interval: so long an engine that polls may well do nothing. */
const leastSeconds = 0.5;
const pollIntervals = 2.5;
/** An engine that polls pauses over and over: a stall is this much longer than the fifth longest pause. */
const unusualRatio = 3;
const pausesInARow = 5;
/** With fewer dispatches, starts and ends no pause between them is known to be unusual. */
const leastEvents = 60;
/** With worker processes alive in half of at least so many readings, tasks were worked on, whatever was written down. */
const leastReadings = 3;
const workedRatio = 0.5;

/**
 * The longest time in which no task was dispatched, started or ended though some waited, if that is unusual; otherwise undefined.
 *
 * A scheduler that was stopped, a database that hung or a long checkpoint look like that. What only looks like it is none: an engine that
 * writes down many ends at once, while worker processes come and go (`timesInDoubt`, and the samples of the pause itself).
 */
export const longestStall = perExperiment((experiment: Experiment): Stall | undefined => {
  if (timesInDoubt(experiment)) return undefined;
  const { waiting, inPlace } = taskStretches(experiment);
  const accepted = waiting.begins.atMs;
  const leftQueue = waiting.ends.atMs;
  const { originMs, endMs } = loadSpan(experiment);
  // A stall may last until orchlab stopped waiting.
  const progress = [inPlace.begins.atMs, startsInOrder(experiment), endsInOrder(experiment), Float64Array.of(endMs)];
  const waitingAt = (ms: number): number => countUpTo(accepted, ms) - bisectLeft(leftQueue, ms);
  const pausesOf = (leastMs: number): readonly Pause[] =>
    gapsOf(progress, leastMs).flatMap(({ fromMs: before, toMs }) => {
      if (waitingAt(toMs) === 0) return [];
      const begun = countUpTo(accepted, before);
      // With nothing to do at its beginning, it begins when there is.
      const fromMs = begun > countUpTo(leftQueue, before) ? before : (accepted[begun] ?? before);
      return toMs - fromMs >= leastMs ? [{ fromMs, toMs }] : [];
    });
  const { poll_interval_secs: pollSeconds } = experiment.manifest.config.scheduler;
  const leastMs = 1000 * Math.max(leastSeconds, pollIntervals * pollSeconds);
  const events = progress.reduce((sum, { length: count }) => sum + count, 0);
  const [longest] = pausesOf(leastMs).toSorted((one, other) => length(other) - length(one));
  if (!longest || events < leastEvents) return undefined;
  const alike = pausesOf(length(longest) / unusualRatio).filter((pause) => length(longest) < unusualRatio * length(pause));
  if (alike.length >= pausesInARow) return undefined;
  if (isWorkedOn(experiment, longest)) return undefined;
  return {
    fromSeconds: (longest.fromMs - originMs) / 1000,
    toSeconds: (longest.toMs - originMs) / 1000,
    waitingTasks: waitingAt(longest.toMs),
  };
});

/**
 * Whether worker processes came and went in most readings of the pause; those of tasks that had begun before it are given the time that they
 * take. Workers that are always there say nothing, nor do those that were stopped with their scheduler: as many all along.
 */
function isWorkedOn(experiment: Experiment, { fromMs, toMs }: Pause): boolean {
  const { config } = experiment.manifest;
  if (config.executor !== 'process') return false;
  const { atMs, processCount } = roleSeries(experiment, 'workers');
  const isIn = (_: number, index: number): boolean =>
    (atMs[index] ?? 0) > fromMs + longestTaskSeconds(config) * 1000 && (atMs[index] ?? 0) < toMs;
  const counts = processCount.filter(isIn);
  const always = fewest(processCount);
  const isMoving = new Set(counts).size > 1;
  return counts.length >= leastReadings && isMoving && counts.filter((count) => count > always).length >= workedRatio * counts.length;
}

/** The stretches of at least so long between two moments that follow each other in several ascending lists. */
function gapsOf(lists: readonly Float64Array[], leastMs: number): readonly Pause[] {
  const gaps: Pause[] = [];
  let ms = lists.reduce((first, list) => Math.min(first, list[0] ?? Infinity), Infinity);
  for (;;) {
    // From one moment to the last within reach: those in between are no gaps.
    const reachMs = ms + leastMs;
    const lastMs = lists.reduce((last, list) => Math.max(last, list[bisectLeft(list, reachMs) - 1] ?? -Infinity), -Infinity);
    if (lastMs > ms) {
      ms = lastMs;
      continue;
    }
    const nextMs = lists.reduce((next, list) => Math.min(next, list[countUpTo(list, ms)] ?? Infinity), Infinity);
    if (!Number.isFinite(nextMs)) return gaps;
    gaps.push({ fromMs: ms, toMs: nextMs });
    ms = nextMs;
  }
}

function length({ fromMs, toMs }: Pause): number {
  return toMs - fromMs;
}
