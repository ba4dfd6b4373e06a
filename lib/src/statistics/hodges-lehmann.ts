import { quantileSorted } from 'd3-array';
import type { Estimate } from './estimate.ts';
import { normalQuantile } from './normal.ts';
import { lowerTail, mostExact, rankSumDistribution, signedRankDistribution, type RankDistribution } from './rank-distributions.ts';

/**
 * Where the center of a symmetric distribution is: the median of the means of all pairs of values, each also with itself (Walsh averages).
 *
 * Hodges and Lehmann (Annals of Mathematical Statistics 34(2), 1963); the interval is the one that the signed-rank test gives when it is
 * turned round (Tukey; Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods", 3rd edition, 2014, sections 3.2 and 3.3). The
 * interval's `level` is the one reached, which is the one asked for or the next above that ranks allow; its bounds are NaN when there are
 * too few values for it (below 6 for 95 %). For paired data give it the differences.
 */
export function hodgesLehmann(values: readonly number[], level = 0.95): Estimate {
  const count = values.length;
  const averages = new Float64Array((count * (count + 1)) / 2);
  let next = 0;
  for (let one = 0; one < count; one++) {
    for (let other = one; other < count; other++) averages[next++] = (values[one]! + values[other]!) / 2;
  }
  return estimateOf(
    averages.sort(),
    level,
    count <= mostExact ? signedRankDistribution(count) : undefined,
    Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24),
  );
}

/**
 * By how much `second` is above `first`: the median of all differences of one of the second and one of the first.
 *
 * The interval is from the rank-sum test, as above: Moses; Hollander, Wolfe and Chicken (2014), sections 4.2 and 4.3.
 */
export function hodgesLehmannShift(first: readonly number[], second: readonly number[], level = 0.95): Estimate {
  const differences = Float64Array.from({ length: first.length * second.length }, (_, pair) => {
    return second[Math.floor(pair / first.length)]! - first[pair % first.length]!;
  });
  return estimateOf(
    differences.sort(),
    level,
    Math.max(first.length, second.length) <= mostExact ? rankSumDistribution(first.length, second.length) : undefined,
    Math.sqrt((first.length * second.length * (first.length + second.length + 1)) / 12),
  );
}

/** `deviation`: standard deviation of the rank statistic, for where its distribution is not given. */
function estimateOf(sorted: Float64Array, level: number, distribution: RankDistribution | undefined, deviation: number): Estimate {
  const value = quantileSorted(sorted, 0.5) ?? Number.NaN;
  const tail = (1 - level) / 2;
  // So many from each end are outside of the interval.
  let outside: number;
  let reached = level;
  if (distribution === undefined) {
    outside = Math.round(sorted.length / 2 + normalQuantile(tail) * deviation) - 1;
  } else {
    outside = 0;
    while (lowerTail(distribution, outside) <= tail) outside += 1;
    outside -= 1;
    reached = 1 - 2 * lowerTail(distribution, outside);
  }
  if (sorted.length === 0 || outside < 0) return { value, low: Number.NaN, high: Number.NaN, level };
  return { value, low: sorted[outside]!, high: sorted[sorted.length - 1 - outside]!, level: reached };
}
