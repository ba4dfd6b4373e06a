/**
 * How probable each value of a rank statistic is when there is no difference: index = value, from 0 up.
 *
 * Symmetric, and exact to the rounding of doubles.
 */
export type RankDistribution = Float64Array;

/** For at most so many values (in a sample) the exact distribution is used, as in R and scipy; for more the normal approximation. */
export const mostExact = 50;

/**
 * Of the sum of the ranks of the positive ones among `count` differences without ties or zeros (Wilcoxon's V): the coefficients of
 * the product of (1 + q^i) / 2. Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods" (3rd edition, 2014), section 3.1.
 */
export function signedRankDistribution(count: number): RankDistribution {
  const probabilities = new Float64Array((count * (count + 1)) / 2 + 1);
  probabilities[0] = 1;
  let largest = 0;
  for (let rank = 1; rank <= count; rank++) {
    largest += rank;
    for (let sum = largest; sum >= 0; sum--) {
      probabilities[sum] = (probabilities[sum]! + (sum >= rank ? probabilities[sum - rank]! : 0)) / 2;
    }
  }
  return probabilities;
}

/**
 * Of the number of pairs in which the one of `first` is the larger, without ties (Mann and Whitney's U).
 *
 * The recursion on the largest value of all, which is of one sample or of the other: Mann and Whitney (Annals of Mathematical
 * Statistics 18(1), 1947).
 */
export function rankSumDistribution(first: number, second: number): RankDistribution {
  // One row: the distributions for 0 to `second` of the other sample and the current number of the first.
  let row: RankDistribution[] = Array.from({ length: second + 1 }, () => Float64Array.of(1));
  for (let ones = 1; ones <= first; ones++) {
    const next: RankDistribution[] = [Float64Array.of(1)];
    for (let others = 1; others <= second; others++) {
      const share = ones / (ones + others);
      const fewerOnes = row[others]!;
      const fewerOthers = next[others - 1]!;
      const probabilities = new Float64Array(ones * others + 1);
      for (let u = 0; u < fewerOnes.length; u++) probabilities[u + others]! += share * fewerOnes[u]!;
      for (let u = 0; u < fewerOthers.length; u++) probabilities[u]! += (1 - share) * fewerOthers[u]!;
      next[others] = probabilities;
    }
    row = next;
  }
  return row[second]!;
}

/** Probability of at most `value`. */
export function lowerTail(distribution: RankDistribution, value: number): number {
  let sum = 0;
  for (let index = 0; index <= Math.min(value, distribution.length - 1); index++) sum += distribution[index]!;
  return sum;
}
