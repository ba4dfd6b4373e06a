import { quantileSorted } from 'd3-array';
import type { Estimate } from './estimate.ts';
import { binomialProbability } from './incomplete-beta.ts';

/**
 * A quantile (0 to 1) of what independent values are drawn from, with an interval between two of them that holds whatever the
 * distribution is.
 *
 * The value is interpolated (R type 7). The interval: Hahn and Meeker, "Statistical Intervals" (1991), section 5.2; each side is left out
 * with at most half of what `level` leaves. A side that the values do not reach is NaN (the p99 of fewer than 368 has no upper bound at
 * 95 %). `level` is the one reached. Tasks of one experiment are not independent: for them it is too narrow.
 */
export function quantileInterval(sorted: ArrayLike<number>, quantile: number, level = 0.95): Estimate {
  const count = sorted.length;
  const tail = (1 - level) / 2;
  const atMost = (below: number): number => binomialProbability(below, count, quantile);
  // So many of the values are below the quantile at least, and at most, but for `tail`.
  const least = firstWhere(count, (below) => atMost(below) > tail);
  const most = firstWhere(count, (below) => atMost(below) >= 1 - tail) + 1;
  return {
    value: quantileSorted(sorted, quantile) ?? Number.NaN,
    low: least >= 1 ? sorted[least - 1]! : Number.NaN,
    high: most <= count ? sorted[most - 1]! : Number.NaN,
    level: (most <= count ? atMost(most - 1) : 1) - (least >= 1 ? atMost(least - 1) : 0),
  };
}

/**
 * The median with the interval of above; of too few values for it (below 6 for 95 %) their whole range, which holds the median of what they
 * are drawn from with a probability of 1 - 2^(1 - n): `level` says so. Of a single one the bounds are NaN.
 */
export function medianInterval(values: Iterable<number>, level = 0.95): Estimate {
  const sorted = Float64Array.from(values).sort();
  const median = quantileInterval(sorted, 0.5, level);
  if (sorted.length < 2 || !(Number.isNaN(median.low) || Number.isNaN(median.high))) return median;
  return { value: median.value, low: sorted[0]!, high: sorted.at(-1)!, level: 1 - 2 ** (1 - sorted.length) };
}

/** The first of 0 to `limit` for which it is so, when it is so from there on; `limit` if for none before. */
function firstWhere(limit: number, isSo: (value: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
