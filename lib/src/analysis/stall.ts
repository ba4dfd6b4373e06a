import { bisectLeft } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { countUpTo } from './edges.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { roleSeries } from './role-series.ts';
import { endsInOrder, startsInOrder, taskStretches } from './task-stretches.ts';
import { fewest, timesInDoubt } from './times-in-doubt.ts';

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
const keptPauses = 5;
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
  // The longest ones, longest first: no more are looked at.
  const pauses: Pause[] = [];
  let before = Number.NaN;
  visitInOrder(progress, (toMs) => {
    if (toMs > before && !(toMs - before <= length(pauses[keptPauses - 1])) && waitingAt(toMs) > 0) {
      const begun = countUpTo(accepted, before);
      // With nothing to do at its beginning, it begins when there is.
      const fromMs = begun > countUpTo(leftQueue, before) ? before : (accepted[begun] ?? before);
      if (toMs > fromMs) keepLongest(pauses, { fromMs, toMs });
    }
    before = toMs;
  });
  const [longest, , , , fifth] = pauses;
  const events = progress.reduce((sum, { length: count }) => sum + count, 0);
  const { poll_interval_secs: pollSeconds } = experiment.manifest.config.scheduler;
  const leastMs = 1000 * Math.max(leastSeconds, pollIntervals * pollSeconds);
  if (!longest || events < leastEvents || length(longest) < leastMs) return undefined;
  if (fifth && length(longest) < unusualRatio * length(fifth)) return undefined;
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
  const { executor, duration } = experiment.manifest.config;
  if (executor !== 'process') return false;
  const { atMs, processCount } = roleSeries(experiment, 'workers');
  const isIn = (_: number, index: number): boolean => (atMs[index] ?? 0) > fromMs + duration * 1000 && (atMs[index] ?? 0) < toMs;
  const counts = processCount.filter(isIn);
  const always = fewest(processCount);
  const isMoving = new Set(counts).size > 1;
  return counts.length >= leastReadings && isMoving && counts.filter((count) => count > always).length >= workedRatio * counts.length;
}

/** Calls `visit` with the moments of several ascending lists, ascending. */
function visitInOrder(lists: readonly Float64Array[], visit: (ms: number) => void): void {
  const next = lists.map(() => 0);
  for (;;) {
    let first = -1;
    let firstMs = Infinity;
    for (let list = 0; list < lists.length; list++) {
      const ms = lists[list]?.[next[list] as number] ?? Infinity;
      if (ms < firstMs) [first, firstMs] = [list, ms];
    }
    if (first < 0) return;
    (next[first] as number)++;
    visit(firstMs);
  }
}

function keepLongest(pauses: Pause[], pause: Pause): void {
  const place = pauses.findIndex((kept) => length(kept) < length(pause));
  pauses.splice(place < 0 ? pauses.length : place, 0, pause);
  pauses.length = Math.min(pauses.length, keptPauses);
}

/** Of none: less than of any. */
function length(pause: Pause | undefined): number {
  return pause ? pause.toMs - pause.fromMs : -Infinity;
}
