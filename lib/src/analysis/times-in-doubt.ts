import { bisectLeft } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { countUpTo } from './edges.ts';
import { type TaskColumns, finishedCode, frameOf } from './frame.ts';
import { sortNumbers } from './sort-numbers.ts';
import { perExperiment } from './per-experiment.ts';
import { roleSeries } from './role-series.ts';
import { endsInOrder, startsInOrder } from './task-stretches.ts';
import { shortestTaskSeconds } from '../config/mixed.ts';

/** What shows that an engine's times of starts and ends are not those of its tasks. */
export interface TimesInDoubt {
  /** Finished tasks that ran for less than half of what they are known to work, by the engine's times; of so many. */
  readonly tooShort: number;
  readonly finished: number;
  /** The most tasks that have one and the same end, of so many that ended; 0 where they are too few to be anything but chance. */
  readonly endedTogether: number;
  readonly ended: number;
  /** Readings in which more worker processes lived than always do; of these, those around which no task ran by the engine's times. */
  readonly readingsWithWorkers: number;
  readonly readingsContradicted: number;
}

/** Fewer tasks, or readings with workers, contradict nothing. */
const leastTasks = 10;
const leastReadings = 10;
/** So large a share of them must. */
const doubtRatio = 0.5;
/** So many tasks with one and the same end, and this share of all, were written down together, not as they ended. */
const leastTogether = 60;
const togetherRatio = 0.25;
/** A task may well be read a little later than it was written down, and a process lives a little longer than its work. */
const toleranceMs = 50;
/** The script of which it is known how long it works. */
const ownScript = 'perf-task.sh';
/** Clocks and rounding are no worse than that. */
const leastDurationSeconds = 0.005;

/**
 * Whether the samples contradict the engine's times of starts and ends, as where a scheduler writes down many starts and ends in one UPDATE,
 * long after they happened: then most tasks seem to end as they start, many end in one moment, and workers live while none runs. Workers
 * that are always there (a pool of processes) contradict nothing: only those beyond the fewest that there ever were count.
 *
 * Undefined where there is no such contradiction, or too little to tell (10 tasks, 10 readings). In doubt are execution, dispatch, what
 * ran at once and stalls; when a task was dispatched and when its end was written stay known.
 */
export const timesInDoubt = perExperiment((experiment: Experiment): TimesInDoubt | undefined => {
  const { manifest } = experiment;
  const { executor, script } = manifest.config;
  const { tasks } = frameOf(experiment);
  const shortestSeconds = shortestTaskSeconds(manifest.config);
  const isWorkKnown = shortestSeconds >= leastDurationSeconds && (executor === 'inline' || script === ownScript);
  const leastMs = isWorkKnown ? (shortestSeconds * 1000) / 2 : -Infinity;
  const { ended, endedUnstarted, executed, tooShort } = countEnds(tasks, leastMs);
  const workers = roleSeries(experiment, 'workers');
  const always = fewest(workers.processCount);
  const { loadStartedMs = -Infinity, drainedMs = Infinity } = manifest.times;
  const withWorkers = workers.atMs.filter(
    (atMs, index) => (workers.processCount[index] ?? 0) > always && atMs >= loadStartedMs && atMs <= drainedMs,
  );
  const countContradicted = (): number => {
    const starts = startsInOrder(experiment);
    const ends =
      endedUnstarted === 0
        ? endsInOrder(experiment)
        : sortNumbers(tasks.finishedMs.filter((_, row) => !Number.isNaN(tasks.startedMs[row])));
    const ranAround = (atMs: number): boolean => countUpTo(starts, atMs + toleranceMs) > bisectLeft(ends, atMs - toleranceMs);
    return starts.length > 0 ? withWorkers.filter((atMs) => !ranAround(atMs)).length : 0;
  };
  const leastEnded = Math.max(leastTogether, togetherRatio * ended);
  const areTogether = (): boolean =>
    ended >= leastEnded && mayBeTogether(tasks.finishedMs, leastEnded) && mostOfOneMoment(endsInOrder(experiment)) >= leastEnded;
  const isDoubted =
    areTogether() ||
    (executed >= leastTasks && tooShort > doubtRatio * executed) ||
    (withWorkers.length >= leastReadings && countContradicted() > doubtRatio * withWorkers.length);
  if (!isDoubted) return undefined;
  const endedTogether = mostOfOneMoment(endsInOrder(experiment));
  return {
    tooShort,
    finished: executed,
    endedTogether: endedTogether >= leastTogether ? endedTogether : 0,
    ended,
    readingsWithWorkers: withWorkers.length,
    readingsContradicted: countContradicted(),
  };
});

/** Tasks that ended, without a start too; and those that finished with both times, of which some ran for less than `leastMs`. */
interface EndCounts {
  readonly ended: number;
  readonly endedUnstarted: number;
  readonly executed: number;
  readonly tooShort: number;
}

function countEnds({ count, status, startedMs, finishedMs }: TaskColumns, leastMs: number): EndCounts {
  let ended = 0;
  let endedUnstarted = 0;
  let executed = 0;
  let tooShort = 0;
  for (let row = 0; row < count; row++) {
    const startMs = startedMs[row] as number;
    const endMs = finishedMs[row] as number;
    if (Number.isNaN(endMs)) continue;
    ended++;
    if (Number.isNaN(startMs)) endedUnstarted++;
    else if (status[row] === finishedCode) {
      executed++;
      if (endMs - startMs < leastMs) tooShort++;
    }
  }
  return { ended, endedUnstarted, executed, tooShort };
}

const hashBits = 12;

/** Whether so many of the times may be one and the same: no more than fall together by a hash of their bits. */
function mayBeTogether(timesMs: Float64Array, least: number): boolean {
  const words = new Int32Array(timesMs.buffer, timesMs.byteOffset, timesMs.length * 2);
  const counts = new Int32Array(1 << hashBits);
  for (let at = 0; at < words.length; at += 2) {
    const hash = Math.imul((words[at] as number) ^ (words[at + 1] as number), 0x9e3779b1) >>> (32 - hashBits);
    counts[hash] = ((counts[hash] as number) + 1) | 0;
  }
  return counts.some((count) => count >= least);
}

/** How many of the ascending values are the same at most. */
function mostOfOneMoment(sorted: Float64Array): number {
  let most = 0;
  for (let index = 0, first = 0; index < sorted.length; index++) {
    if (sorted[index] !== sorted[first]) first = index;
    if (index - first + 1 > most) most = index - first + 1;
  }
  return most;
}

/** Workers that are there all along, in a pool: no sign of a task at work. */
export function fewest(processCount: Float64Array): number {
  return processCount.reduce((least, count) => (count < least ? count : least), Infinity);
}
