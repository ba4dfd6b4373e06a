import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../src/statistics/estimate.ts';
import { studentReach, studentTwoSided } from '../../src/statistics/incomplete-beta.ts';
import { trendSlope } from '../../src/statistics/trend-slope.ts';
import { golden } from './golden.ts';
import { steadySeries } from './simulate.ts';

const x = Array.from({ length: 60 }, (_, index) => index);

describe('trendSlope', () => {
  it.each(golden<(Estimate & { x: number[]; y: number[] })[]>('trend-slope'))(
    'is numpy’s, with the noise of the same waves (case %#)',
    ({ x: at, y, ...wanted }) => {
      const { value, low, high } = trendSlope(at, y);
      expect([value, low, high]).toEqual([wanted.value, wanted.low, wanted.high].map((number) => expect.closeTo(number, 10)));
    },
  );

  it.each([0, 0.5, 0.8])('holds the slope of noise whose neighbours resemble each other by %d, 9 times in 10 and more', (resemblance) => {
    const slopes = Array.from({ length: 500 }, (_, seed) =>
      trendSlope(
        x,
        steadySeries(60, resemblance, seed).map((value, index) => value + 0.3 * index),
      ),
    );
    const holds = slopes.filter(({ low, high }) => low <= 0.3 && high >= 0.3).length / slopes.length;
    expect(holds).toBeGreaterThan(0.9);
    expect(holds).toBeLessThan(0.98);
  });

  it('is exact on a line far from nothing, and says of what does not vary that it has no slope at all', () => {
    const line = trendSlope(
      x,
      x.map((at) => 1e9 + 1000 * at),
    );
    expect([line.value, line.low, line.high]).toEqual([1000, 1000, 1000].map((number) => expect.closeTo(number, 4)));
    expect(trendSlope([0, 1, 2, 3, 4, 5, 6, 7], [5, 5, 5, 5, 5, 5, 5, 5])).toMatchObject({ value: 0, low: 0, high: 0 });
  });

  it('refuses fewer values than it has waves for', () => {
    expect(() => trendSlope([1, 2, 3], [1, 2, 3])).toThrow('expected at least 8 values, got 3');
  });
});

it('studentReach is where studentTwoSided comes to what is left', () => {
  expect(studentReach(0.95, 4)).toBeCloseTo(2.7764451052, 9);
  expect(studentReach(0.95, 1)).toBeCloseTo(12.7062047362, 8);
  expect(studentTwoSided(studentReach(0.99, 7), 7)).toBeCloseTo(0.01, 12);
});
