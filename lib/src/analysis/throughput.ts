import { table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { windowCount, windowIndex, chooseWindowSeconds } from '../results/windows.ts';
import type { FigureTable } from './figure-tables.ts';
import { frameOf, submittedCode } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { type NumberPieces, forEachPiece, piecesOf } from './number-pieces.ts';
import { momentPieces } from './task-phases.ts';

export interface ThroughputOptions {
  /** Width of the windows. By default as fits the length of the experiment, as in `plotThroughput`: 1 s for those up to 90 s. */
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
export function throughputOf(experiment: Experiment, options: ThroughputOptions = {}): FigureTable<'throughputOf'> {
  const { originMs, endMs } = loadSpan(experiment);
  const spanSeconds = (endMs - originMs) / 1000;
  const { windowSeconds = chooseWindowSeconds(spanSeconds) } = options;
  if (!(windowSeconds > 0)) throw new RangeError(`throughput: expected windowSeconds above 0, got ${windowSeconds}`);
  const windows = windowCount(spanSeconds, windowSeconds);
  const { runs } = frameOf(experiment);
  const sentSeconds = runs.sentMs.map((ms, row) =>
    runs.warmUp[row] === 1 || runs.status[row] !== submittedCode ? Number.NaN : (ms - originMs) / 1000,
  );
  const submittedRuns = countByWindow(piecesOf(sentSeconds), windowSeconds, windows);
  const finishedTasks = countByWindow(momentPieces(experiment, 'finished'), windowSeconds, windows);
  const startSeconds = Float64Array.from({ length: windows }, (_, index) => index * windowSeconds);
  const endSeconds = Float64Array.from({ length: windows }, (_, index) => Math.min((index + 1) * windowSeconds, spanSeconds));
  return table({
    startSeconds,
    endSeconds,
    submittedRuns,
    finishedTasks,
    tasksPerSecond: endSeconds.map((end, index) => (finishedTasks[index] ?? 0) / (end - (startSeconds[index] ?? 0))),
    whole: Array.from(endSeconds, (end, index) => windowIndex(end, windowSeconds) > index),
  }) as FigureTable<'throughputOf'>;
}

function countByWindow(seconds: NumberPieces, windowSeconds: number, windows: number): Int32Array {
  const counts = new Int32Array(windows);
  forEachPiece(seconds, (piece) => {
    for (const value of piece) {
      if (Number.isNaN(value)) continue;
      // Clocks of database and driver may differ by a little, and the last task ends on the border of the last window.
      const index = Math.min(Math.max(windowIndex(value, windowSeconds), 0), windows - 1);
      (counts[index] as number)++;
    }
  });
  return counts;
}
