import { describe, expect, it } from 'vitest';
import { rankSumTest, signedRankTest, type Alternative } from '../../src/statistics/rank-tests.ts';
import { golden } from './golden.ts';

interface Wanted {
  readonly statistic: number;
  readonly isExact: boolean;
  readonly p: Readonly<Record<Alternative, number>>;
}

const { signedRank, rankSum } = golden<{
  signedRank: (Wanted & { values: number[] })[];
  rankSum: (Wanted & { first: number[]; second: number[] })[];
}>('rank-tests');

const alternatives: readonly Alternative[] = ['two-sided', 'less', 'greater'];

describe('signedRankTest', () => {
  it.each(signedRank)('is scipy’s, exact or not (case %#)', ({ values, statistic, isExact, p }) => {
    for (const alternative of alternatives) {
      const test = signedRankTest(values, alternative);
      expect(test.statistic).toBe(statistic);
      expect(test.isExact).toBe(isExact);
      expect(test.p).toBeCloseTo(p[alternative], 12);
    }
  });

  it('gives what R publishes for the depression scores of Hollander and Wolfe: V = 40, p = 0.01953', () => {
    const { statistic, p } = signedRankTest(signedRank[0]!.values, 'greater');
    expect(statistic).toBe(40);
    expect(p).toBeCloseTo(0.01953, 5);
  });

  it('can not get below 1 in 16 with five pairs, and says nothing of none', () => {
    expect(signedRankTest([1, 2, 3, 4, 5]).p).toBe(1 / 16);
    expect(signedRankTest([0, 0, 0]).p).toBe(1);
    expect(signedRankTest([]).p).toBeNaN();
  });
});

describe('rankSumTest', () => {
  it.each(rankSum)('is scipy’s, exact or not (case %#)', ({ first, second, statistic, isExact, p }) => {
    for (const alternative of alternatives) {
      const test = rankSumTest(first, second, alternative);
      expect(test.statistic).toBe(statistic);
      expect(test.isExact).toBe(isExact);
      expect(test.p).toBeCloseTo(p[alternative], 12);
    }
  });

  it('gives what R publishes for the permeability of Hollander and Wolfe: W = 35, p = 0.1272', () => {
    const { statistic, p } = rankSumTest(rankSum[0]!.first, rankSum[0]!.second, 'greater');
    expect(statistic).toBe(35);
    expect(p).toBeCloseTo(0.1272, 4);
  });

  it('sees no difference in values that are all the same, and knows nothing of an empty sample', () => {
    expect(rankSumTest([1, 1], [1, 1, 1]).p).toBe(1);
    expect(rankSumTest([], [1]).p).toBeNaN();
  });
});
