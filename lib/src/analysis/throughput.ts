import { type ColumnTable, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { windowCount, windowIndex } from '../results/windows.ts';
import { numberColumn } from './columns.ts';
import { frameOf, submittedCode } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { taskPhases } from './task-phases.ts';

export interface ThroughputOptions {
  /** Width of the windows. Default 10. */
  readonly windowSeconds?: number;
}

/**
 * Submitted runs (by when they were sent) and finished tasks by window, from the first submission until the last task ended; where some never did, until
 * orchlab stopped waiting for them. Runs of the warm-up and their tasks don't count, nor do runs that the engine rejected.
 *
 * Columns: startSeconds and endSeconds since the first submission, submittedRuns, finishedTasks, tasksPerSecond, whole. The last window
 * ends where the experiment did: its rate is over the time that it covers, and `whole` is false. A moment on the border of two windows
 * belongs to the later. Throws a RangeError when the width is not above 0.
 */
export function throughput(experiment: Experiment, options: ThroughputOptions = {}): ColumnTable {
  const { windowSeconds = 10 } = options;
  if (!(windowSeconds > 0)) throw new RangeError(`throughput: expected windowSeconds above 0, got ${windowSeconds}`);
  const { originMs, endMs } = loadSpan(experiment);
  const spanSeconds = (endMs - originMs) / 1000;
  const windows = windowCount(spanSeconds, windowSeconds);
  const { runs } = frameOf(experiment);
  const sentSeconds = runs.sentMs.map((ms, row) =>
    runs.warmUp[row] === 1 || runs.status[row] !== submittedCode ? Number.NaN : (ms - originMs) / 1000,
  );
  const submittedRuns = countByWindow(sentSeconds, windowSeconds, windows);
  const finishedTasks = countByWindow(numberColumn(taskPhases(experiment), 'finishedSeconds'), windowSeconds, windows);
  const startSeconds = Float64Array.from({ length: windows }, (_, index) => index * windowSeconds);
  const endSeconds = Float64Array.from({ length: windows }, (_, index) => Math.min((index + 1) * windowSeconds, spanSeconds));
  return table({
    startSeconds,
    endSeconds,
    submittedRuns,
    finishedTasks,
    tasksPerSecond: endSeconds.map((end, index) => (finishedTasks[index] ?? 0) / (end - (startSeconds[index] ?? 0))),
    whole: Array.from(endSeconds, (end, index) => windowIndex(end, windowSeconds) > index),
  });
}

function countByWindow(seconds: Float64Array, windowSeconds: number, windows: number): Int32Array {
  const counts = new Int32Array(windows);
  for (let row = 0; row < seconds.length; row++) {
    const value = seconds[row] as number;
    if (Number.isNaN(value)) continue;
    // Clocks of database and driver may differ by a little, and the last task ends on the border of the last window.
    const index = Math.min(Math.max(windowIndex(value, windowSeconds), 0), windows - 1);
    (counts[index] as number)++;
  }
  return counts;
}
