import { quantileSorted } from 'd3-array';

/** Numbers in brief, in the unit of the numbers; all but `count` are NaN when there are none, percentiles also when there are too few. */
export interface Distribution {
  readonly count: number;
  readonly avg: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/**
 * Average, extremes and percentiles of `values`; NaNs are left out.
 *
 * Percentiles interpolate between the two nearest values: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages"
 * (The American Statistician, 1996), as PostgreSQL's percentile_cont, numpy and R do by default. One that the sample can't carry is NaN.
 */
export function distribution(values: ArrayLike<number>): Distribution {
  const sorted = sortNumbers(values);
  const at = (p: number): number => quantileSorted(sorted, p) ?? Number.NaN;
  const quantile = (p: number): number => (carries(sorted.length, p) ? at(p) : Number.NaN);
  return {
    count: sorted.length,
    avg: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    min: at(0),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    p999: quantile(0.999),
    max: at(1),
  };
}

/** With less confidence than this that the true percentile is among the values seen, it is not told. */
const leastConfidence = 0.9;

/**
 * Whether so many values say where the percentile `p` is: with 90 % confidence the largest of them lies above it (1 - p^count, the
 * distribution-free bound by order statistics: G. J. Hahn and W. Q. Meeker, Statistical Intervals, 1991). That takes 4 values for p50, 22
 * for p90, 230 for p99 and 2,302 for p99.9.
 */
export function carries(count: number, p: number): boolean {
  return 1 - p ** count >= leastConfidence;
}

/** A sorted copy of `values` without NaNs: one sort, and then every quantile of it is free. */
export function sortNumbers(values: ArrayLike<number>): Float64Array {
  const sorted = new Float64Array(values).sort();
  // NaNs sort last.
  let length = sorted.length;
  while (length > 0 && Number.isNaN(sorted[length - 1])) length--;
  return sorted.subarray(0, length);
}
