import { type ColumnTable, table } from 'arquero';
import { windowCount, windowIndex } from '../results/windows.ts';
import { distribution } from './distribution.ts';

export interface Windowed {
  /** When each value counts, in seconds since the first submission; NaN: nowhere. */
  readonly atSeconds: Float64Array;
  /** In seconds; NaN is left out. */
  readonly values: Float64Array;
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
  const windows = new Int32Array(atSeconds.length);
  const starts = new Int32Array(count + 1);
  for (let row = 0; row < atSeconds.length; row++) {
    const at = atSeconds[row] as number;
    const isKnown = !Number.isNaN(at) && !Number.isNaN(values[row]);
    const window = isKnown ? Math.min(Math.max(windowIndex(at, windowSeconds), 0), count - 1) : -1;
    windows[row] = window;
    if (isKnown) (starts[window + 1] as number)++;
  }
  for (let window = 0; window < count; window++) starts[window + 1] = (starts[window + 1] as number) + (starts[window] as number);
  // The values, window after window: one array, whatever their number.
  const next = starts.slice();
  const grouped = new Float64Array(starts[count] ?? 0);
  for (let row = 0; row < windows.length; row++) {
    const window = windows[row] as number;
    if (window >= 0) grouped[(next[window] as number)++] = values[row] as number;
  }
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
