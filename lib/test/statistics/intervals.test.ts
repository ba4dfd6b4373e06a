import { describe, expect, it } from 'vitest';
import { bcaInterval, bootstrapInterval, percentileInterval } from '../../src/statistics/bootstrap.ts';
import type { Estimate } from '../../src/statistics/estimate.ts';
import { quantileInterval } from '../../src/statistics/quantile-interval.ts';
import { golden } from './golden.ts';

describe('quantileInterval', () => {
  it.each(golden<(Estimate & { values: number[]; quantile: number; asked: number })[]>('quantile-interval'))(
    'is that of scipy’s quantile_test (case %#)',
    ({ values, quantile, asked, value, low, high }) => {
      const interval = quantileInterval(values, quantile, asked);
      expect(interval.value).toBeCloseTo(value, 12);
      expect([interval.low, interval.high]).toEqual([low, high]);
    },
  );

  it('is between the 2nd and the 9th of ten for the median, at 97.9 % (Hahn and Meeker)', () => {
    const { low, high, level } = quantileInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.5);
    expect([low, high]).toEqual([2, 9]);
    expect(level).toBeCloseTo(1 - 22 / 1024, 12);
  });

  it('has an upper bound for the p99 from 368 values on', () => {
    const values = Array.from({ length: 368 }, (_, index) => index);
    expect(quantileInterval(values, 0.99).high).toBe(367);
    expect(quantileInterval(values.slice(1), 0.99).high).toBeNaN();
  });
});

describe('bootstrap', () => {
  const cases =
    golden<
      { values: number[]; replicates: number[]; value: number; leftOneOut: number[]; bca: [number, number]; percentile: [number, number] }[]
    >('bootstrap');

  it.each(cases)('makes of the same resamples what scipy does (case %#)', ({ replicates, value, leftOneOut, bca, percentile }) => {
    const corrected = bcaInterval(replicates, value, leftOneOut);
    expect(corrected.low).toBeCloseTo(bca[0], 10);
    expect(corrected.high).toBeCloseTo(bca[1], 10);
    const plain = percentileInterval(replicates);
    expect(plain.low).toBeCloseTo(percentile[0], 10);
    expect(plain.high).toBeCloseTo(percentile[1], 10);
  });

  it('draws the same for a seed, and about what scipy drew', () => {
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const { values, value, bca } = cases[0]!;
    const interval = bootstrapInterval(values, mean, { seed: 3 });
    expect(bootstrapInterval(values, mean, { seed: 3 })).toEqual(interval);
    expect(interval.value).toBeCloseTo(value, 12);
    const width = bca[1] - bca[0];
    expect(Math.abs(interval.low - bca[0])).toBeLessThan(0.1 * width);
    expect(Math.abs(interval.high - bca[1])).toBeLessThan(0.15 * width);
    expect(bootstrapInterval(values, mean, { seed: 3, method: 'percentile' }).low).toBeLessThan(interval.low);
  });

  it('knows nothing of no items, and does not vary where they do not', () => {
    const first = (values: readonly number[]): number => values[0] ?? Number.NaN;
    expect(bootstrapInterval([], first, { seed: 1 })).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN, level: 0.95 });
    expect(bootstrapInterval([2, 2, 2], first, { seed: 1 })).toEqual({ value: 2, low: 2, high: 2, level: 0.95 });
  });
});
