import { normalProbability } from './normal.ts';
import { lowerTail, mostExact, rankSumDistribution, signedRankDistribution } from './rank-distributions.ts';
import { ranksOf } from './ranks.ts';

/** What is held to be so when it is not that there is no difference. */
export type Alternative = 'two-sided' | 'less' | 'greater';

export interface RankTest {
  /** Signed ranks: the sum of the positive ones' ranks. Two samples: the pairs in which the first's is the larger, ties half. */
  readonly statistic: number;
  /** NaN when there is nothing to test. */
  readonly p: number;
  /** False: by the normal approximation. */
  readonly isExact: boolean;
}

/**
 * Wilcoxon's signed-rank test: are the differences, of a symmetric distribution, about 0?
 *
 * Differences of 0 are left out, as Wilcoxon did. Exact for at most 50 without ties or zeros; else by the normal approximation with
 * corrections for ties and for continuity. Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods" (3rd edition, 2014),
 * section 3.1; the same as wilcox.test of R and scipy.stats.wilcoxon with correction. All zeros: p is 1.
 */
export function signedRankTest(differences: readonly number[], alternative: Alternative = 'two-sided'): RankTest {
  const used = differences.filter((difference) => difference !== 0);
  const count = used.length;
  if (count === 0) return { statistic: 0, p: differences.length === 0 ? Number.NaN : 1, isExact: false };
  const { ranks, ties } = ranksOf(used.map(Math.abs));
  const statistic = used.reduce((sum, difference, index) => sum + (difference > 0 ? ranks[index]! : 0), 0);
  if (count <= mostExact && ties === 0 && count === differences.length) {
    return { statistic, p: exactP(statistic, signedRankDistribution(count), alternative), isExact: true };
  }
  const deviation = Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24 - ties / 48);
  return { statistic, p: approximateP(statistic - (count * (count + 1)) / 4, deviation, alternative), isExact: false };
}

/**
 * Mann and Whitney's test (Wilcoxon's rank-sum test): is one of `first` as often the larger as one of `second`?
 *
 * Exact for at most 50 in each sample without ties; else by the normal approximation with corrections for ties and for continuity.
 * Hollander, Wolfe and Chicken (2014), section 4.1; the same as wilcox.test of R and scipy.stats.mannwhitneyu.
 */
export function rankSumTest(first: readonly number[], second: readonly number[], alternative: Alternative = 'two-sided'): RankTest {
  const pairs = first.length * second.length;
  if (pairs === 0) return { statistic: Number.NaN, p: Number.NaN, isExact: false };
  const { ranks, ties } = ranksOf([...first, ...second]);
  const rankSum = ranks.subarray(0, first.length).reduce((sum, rank) => sum + rank, 0);
  const statistic = rankSum - (first.length * (first.length + 1)) / 2;
  if (Math.max(first.length, second.length) <= mostExact && ties === 0) {
    return { statistic, p: exactP(statistic, rankSumDistribution(first.length, second.length), alternative), isExact: true };
  }
  const all = first.length + second.length;
  const deviation = Math.sqrt((pairs / 12) * (all + 1 - ties / (all * (all - 1))));
  return { statistic, p: approximateP(statistic - pairs / 2, deviation, alternative), isExact: false };
}

function exactP(statistic: number, distribution: Float64Array, alternative: Alternative): number {
  const less = lowerTail(distribution, statistic);
  // Symmetric: as probable as its mirror image or less.
  const greater = lowerTail(distribution, distribution.length - 1 - statistic);
  if (alternative === 'two-sided') return Math.min(1, 2 * Math.min(less, greater));
  return alternative === 'less' ? less : greater;
}

/** `offset`: of the statistic from its mean; half a step towards the mean is the correction for continuity. */
function approximateP(offset: number, deviation: number, alternative: Alternative): number {
  // All values are the same: no rank says anything.
  if (deviation === 0) return 1;
  if (alternative === 'two-sided') return Math.min(1, 2 * normalProbability(-(Math.abs(offset) - 0.5) / deviation));
  return normalProbability(((alternative === 'less' ? offset : -offset) + 0.5) / deviation);
}
