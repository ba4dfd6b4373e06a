import { describe, expect, it } from 'vitest';
import { correlatedSlope, neighbourCorrelation } from '../../src/statistics/correlated-slope.ts';
import type { Estimate } from '../../src/statistics/estimate.ts';
import { theilSen } from '../../src/statistics/theil-sen.ts';
import { golden } from './golden.ts';
import { steadySeries } from './simulate.ts';

type Case = Estimate & { x: number[]; y: number[]; correlation: number };

describe('correlatedSlope', () => {
  it.each(golden<Case[]>('correlated-slope'))(
    'is scipy’s, with as wide an interval (case %#)',
    ({ x, y, correlation, value, low, high }) => {
      const slope = correlatedSlope(x, y);
      expect([slope.value, slope.low, slope.high]).toEqual([value, low, high].map((number) => expect.closeTo(number, 10)));
      expect(neighbourCorrelation(y.map((height, index) => height - slope.value * x[index]!))).toBeCloseTo(correlation, 10);
    },
  );

  it('holds 0 in 95 of 100 of a flat series whose neighbours resemble each other, where the plain interval does not', () => {
    const x = Array.from({ length: 60 }, (_, index) => index);
    const holdsZero = (slope: typeof theilSen): number =>
      Array.from({ length: 300 }, (_, seed) => slope(x, steadySeries(60, 0.5, seed))).filter(({ low, high }) => low <= 0 && high >= 0)
        .length / 300;
    expect(holdsZero(theilSen)).toBeLessThan(0.85);
    expect(holdsZero(correlatedSlope)).toBeGreaterThan(0.91);
    expect(holdsZero(correlatedSlope)).toBeLessThan(0.99);
  });

  it('says of a series that does not vary that it has no slope at all', () => {
    expect(correlatedSlope([0, 1, 2, 3, 4, 5, 6, 7], [5, 5, 5, 5, 5, 5, 5, 5])).toMatchObject({ value: 0, low: 0, high: 0 });
  });
});
