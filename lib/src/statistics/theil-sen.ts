import { quantileSorted } from 'd3-array';
import type { Estimate } from './estimate.ts';
import { normalQuantile } from './normal.ts';

/**
 * The slope of a line through points, which up to 29 % of outliers do not move: the median of the slopes between all pairs of them.
 *
 * P. K. Sen (Journal of the American Statistical Association 63, 1968), the interval from Kendall's rank correlation by the normal
 * approximation, without correction for ties: with them it is a little too wide. `varianceRatio`: by how much the variance of that
 * correlation is more than that of points that know nothing of each other (default 1). An interval that would reach beyond all slopes
 * ends with the last of them, as scipy's does. Pairs at the same `x` say nothing. Takes
 * time and memory by the square of the number of points: a few thousand at most.
 */
export function theilSen(x: ArrayLike<number>, y: ArrayLike<number>, level = 0.95, varianceRatio = 1): Estimate {
  const count = x.length;
  const slopes: number[] = [];
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) {
      if (x[one] !== x[other]) slopes.push((y[other]! - y[one]!) / (x[other]! - x[one]!));
    }
  }
  const sorted = Float64Array.from(slopes).sort();
  const reach = -normalQuantile((1 - level) / 2) * Math.sqrt((count * (count - 1) * (2 * count + 5) * varianceRatio) / 18);
  const low = Math.max(0, Math.round((sorted.length - reach) / 2) - 1);
  const high = Math.min(sorted.length - 1, Math.round((sorted.length + reach) / 2));
  return {
    value: quantileSorted(sorted, 0.5) ?? Number.NaN,
    low: sorted[low] ?? Number.NaN,
    high: sorted[high] ?? Number.NaN,
    level,
  };
}
