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
  const windows = Array.from({ length: Math.max(1, windowCount(spanSeconds, windowSeconds)) }, (): number[] => []);
  for (const [row, at] of atSeconds.entries()) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(at) || Number.isNaN(value)) continue;
    windows[Math.min(Math.max(windowIndex(at, windowSeconds), 0), windows.length - 1)]?.push(value);
  }
  const figures = windows.map((inWindow) => distribution(inWindow));
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
