import { type ColumnTable, table } from 'arquero';
import { windowCount, windowIndex } from '../results/windows.ts';
import { distribution } from './distribution.ts';
import { type NumberPieces, forEachPiece } from './number-pieces.ts';

export interface Windowed {
  /** When each value counts, in seconds since the first submission; NaN: nowhere. */
  readonly atSeconds: NumberPieces;
  /** In seconds; NaN is left out. */
  readonly values: NumberPieces;
  /** How far the windows reach; what is beyond counts in the last, what is before 0 in the first. */
  readonly spanSeconds: number;
  readonly windowSeconds: number;
}

/**
 * Percentiles of values by window; a window without a value is a row of NaN.
 *
 * Columns: startSeconds and endSeconds since the first submission, count, p50Seconds, p90Seconds, p99Seconds, maxSeconds. The last
 * window ends where the span does. A value on the border of two windows belongs to the later.
 */
export function distributionByWindow({ atSeconds, values, spanSeconds, windowSeconds }: Windowed): ColumnTable {
  const count = Math.max(1, windowCount(spanSeconds, windowSeconds));
  const windows = new Int32Array(values.length);
  forEachPiece(atSeconds, (piece, from) => toWindows(windows.subarray(from, from + piece.length), piece, windowSeconds, count));
  // The values, window after window: one array, whatever their number. After the last window those that count nowhere.
  const starts = startsOf(windows, count);
  const grouped = new Float64Array(values.length);
  const next = starts.slice();
  forEachPiece(values, (piece, from) => scatter(grouped, next, windows.subarray(from, from + piece.length), piece));
  const figures = Array.from({ length: count }, (_, window) => distribution(grouped.subarray(starts[window], starts[window + 1])));
  const column = (pick: (figure: (typeof figures)[number], index: number) => number): Float64Array => Float64Array.from(figures, pick);
  return table({
    startSeconds: column((_, index) => index * windowSeconds),
    endSeconds: column((_, index) => Math.min((index + 1) * windowSeconds, Math.max(spanSeconds, 0))),
    count: column((figure) => figure.count),
    p50Seconds: column((figure) => figure.p50),
    p90Seconds: column((figure) => figure.p90),
    p99Seconds: column((figure) => figure.p99),
    maxSeconds: column((figure) => figure.max),
  });
}

/** The window of each moment; the one after the last for those that are not known. */
function toWindows(windows: Int32Array, atSeconds: Float64Array, windowSeconds: number, count: number): void {
  for (let index = 0; index < atSeconds.length; index++) {
    const at = atSeconds[index] as number;
    windows[index] = Number.isNaN(at) ? count : Math.min(Math.max(windowIndex(at, windowSeconds), 0), count - 1);
  }
}

/** Where each window begins when all are one after the other, and where the last ends. */
function startsOf(windows: Int32Array, count: number): Int32Array {
  const counts = new Int32Array(count + 1);
  for (let index = 0; index < windows.length; index++) (counts[windows[index] as number] as number)++;
  const starts = new Int32Array(count + 1);
  for (let window = 0; window < count; window++) starts[window + 1] = (starts[window] as number) + (counts[window] as number);
  return starts;
}

function scatter(grouped: Float64Array, next: Int32Array, windows: Int32Array, values: Float64Array): void {
  for (let index = 0; index < values.length; index++) {
    const window = windows[index] as number;
    const place = next[window] as number;
    grouped[place] = values[index] as number;
    next[window] = place + 1;
  }
}
