import type { Experiment } from '../results/experiment.ts';
import { arrival } from './arrival.ts';
import { backlog, offeredTasksPerSecond } from './backlog.ts';
import { windowIndex } from '../results/windows.ts';
import { damageOf } from './damage.ts';
import { frameOf } from './frame.ts';
import { runSizes } from './run-sizes.ts';
import { loadSpan } from './load-span.ts';
import { batchMeans, batchSize, transientEnd } from './mser.ts';
import { forEachPiece } from './number-pieces.ts';
import { perExperiment } from './per-experiment.ts';
import { momentPieces, phasePieces } from './task-phases.ts';
import { timesInDoubt } from './times-in-doubt.ts';

/** The part of an experiment in which load and target had settled, in seconds since the first submission; or why there is none. */
export type SteadyState =
  | {
      readonly found: true;
      readonly fromSeconds: number;
      readonly toSeconds: number;
      readonly method: string;
      readonly reason: string;
      /** Windows in the steady part, and how wide they are. */
      readonly windows: number;
      readonly windowSeconds: number;
    }
  | { readonly found: false; readonly method: string; readonly reason: string };

const method = 'MSER-5 (White, Cobb and Spratt 2000) on throughput and response time, by windows, up to the last due run';

const narrowestSeconds = 0.1;
const mostWindows = 200;
/** Fewer tasks in a window make a rate of steps. */
const leastTasksPerWindow = 5;
/** Fewer batches than this say nothing about half of them. */
const leastBatches = 10;
/** The rate offered may differ by this share between the halves of the steady part. */
const rateChangeRatio = 0.1;

/**
 * Finds the steady part of an experiment.
 *
 * It begins where both throughput and latency have settled (MSER-5), and ends when the last run was due: from there on
 * the target only drains. There is none in a burst, where latency is a place in a queue; when the target does not keep up,
 * for then the backlog and with it latency grow for as long as one waits; when the rate offered changes (a ramp or steps in the config,
 * whatever the windows show); or when there is too little to tell.
 */
export const steadyState = perExperiment((experiment: Experiment): SteadyState => {
  const none = (reason: string): SteadyState => ({ found: false, method, reason });
  if (damageOf(experiment)) return none('the results are damaged');
  const { kind, firstDueMs, lastDueMs } = arrival(experiment);
  const { measured } = frameOf(experiment);
  if (measured.length === 0) return none('no task finished after the warm-up');
  if (kind === 'burst') return none('all runs were due at once: in a burst latency is the place in the queue, and settles nowhere');

  if (timesInDoubt(experiment))
    return none("the engine's times of ends are not when tasks ended, so that nothing is known to have settled");
  const { arrival: configured } = experiment.manifest.config;
  if (typeof configured === 'object' && ('ramp' in configured || 'steps' in configured))
    return none(`the config changes the rate (${'ramp' in configured ? 'a ramp' : 'steps'}): no one state lasts`);

  const { originMs } = loadSpan(experiment);
  const startSeconds = (firstDueMs - originMs) / 1000;
  const spanSeconds = (lastDueMs - firstDueMs) / 1000;
  const windowSeconds = Math.max(narrowestSeconds, spanSeconds / mostWindows, leastTasksPerWindow / (measured.length / spanSeconds));
  const count = Math.floor(spanSeconds / windowSeconds);
  if (count < leastBatches * batchSize) {
    const needed = leastBatches * batchSize;
    return none(`too short to tell: ${count} windows of ${round(windowSeconds)} s with some tasks in each, of at least ${needed}`);
  }
  const windows = taskWindows(experiment, startSeconds, windowSeconds, count);
  const truncations = [transientEnd(batchMeans(windows.rates)), transientEnd(batchMeans(windows.latencies))];
  const truncation = Math.max(...truncations.map((batches) => batches ?? Infinity));
  if (!Number.isFinite(truncation)) {
    const what = truncations[0] === undefined ? 'throughput' : 'response time';
    return none(`${what} did not settle in the first half of the ${round(spanSeconds)} s in which runs were due`);
  }
  const fromSeconds = startSeconds + truncation * batchSize * windowSeconds;
  const toSeconds = startSeconds + spanSeconds;
  const fromMs = originMs + fromSeconds * 1000;
  const toMs = originMs + toSeconds * 1000;
  const { grows, growthPerSecond, offeredPerSecond } = backlog(experiment, fromMs, toMs);
  if (kind === 'open' && isRateChanging(experiment, fromMs, toMs)) {
    return none('the rate offered changed by more than a tenth between the halves of what would be steady');
  }
  if (grows) {
    return none(
      `the target did not keep up: its backlog grew by ${round(growthPerSecond)} tasks/s with ${round(offeredPerSecond)} tasks/s offered`,
    );
  }
  const reason =
    truncation === 0
      ? 'throughput and latency were settled from the first window'
      : `throughput and latency had settled after ${round(fromSeconds - startSeconds)} s`;
  return { found: true, fromSeconds, toSeconds, method, reason, windows: count - truncation * batchSize, windowSeconds };
});

/** Throughput and mean response time by window in which tasks finished; a window without a task has the latency of the one before. */
function taskWindows(
  experiment: Experiment,
  startSeconds: number,
  windowSeconds: number,
  count: number,
): { readonly rates: readonly number[]; readonly latencies: readonly number[] } {
  const latency = phasePieces(experiment, 'response');
  const counts = new Float64Array(count);
  const sums = new Float64Array(count);
  forEachPiece(momentPieces(experiment, 'finished'), (finished, from) => {
    const seconds = latency.piece(from, from + finished.length);
    for (let row = 0; row < finished.length; row++) {
      const window = windowIndex((finished[row] as number) - startSeconds, windowSeconds);
      if (!(window >= 0 && window < count)) continue;
      (counts[window] as number)++;
      sums[window] = (sums[window] as number) + (seconds[row] as number);
    }
  });
  const latencies: number[] = [];
  for (let window = 0; window < count; window++) {
    const tasksIn = counts[window] ?? 0;
    latencies.push(tasksIn > 0 ? (sums[window] ?? 0) / tasksIn : (latencies.at(-1) ?? 0));
  }
  return { rates: Array.from(counts, (tasksIn) => tasksIn / windowSeconds), latencies };
}

/** More than a tenth, and more than three standard deviations of the two counts of runs. */
function isRateChanging(experiment: Experiment, fromMs: number, toMs: number): boolean {
  const middleMs = (fromMs + toMs) / 2;
  const early = offeredTasksPerSecond(experiment, fromMs, middleMs);
  const late = offeredTasksPerSecond(experiment, middleMs, toMs);
  const runsPerHalf = ((early + late) / 2 / runSizes(experiment).mean) * ((toMs - fromMs) / 2000);
  const chanceRatio = 3 * Math.sqrt(2 / Math.max(1, runsPerHalf));
  return Math.abs(late - early) / ((early + late) / 2) > Math.max(rateChangeRatio, chanceRatio);
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
