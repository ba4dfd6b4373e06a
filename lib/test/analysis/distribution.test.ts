import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distribution, sortNumbers } from '../../src/analysis/distribution.ts';

const anyNumber = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('distribution', () => {
  it('gives what numpy.percentile and percentile_cont give', () => {
    // 1..10: the 0-based rank of p is 9 p, so p90 is at 8.1, between 9 and 10.
    const figures = distribution([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(figures).toMatchObject({ count: 10, avg: 5.5, min: 1, p50: 5.5, max: 10 });
    expect(figures.p90).toBeCloseTo(9.1, 12);
    expect(figures.p99).toBeCloseTo(9.91, 12);
    expect(figures.p999).toBeCloseTo(9.991, 12);
  });

  it('leaves NaNs out', () => {
    expect(distribution([Number.NaN, 3, Number.NaN, 1])).toMatchObject({ count: 2, avg: 2, min: 1, p50: 2, max: 3 });
  });

  it('has no figures for no numbers', () => {
    const { count, ...figures } = distribution([Number.NaN]);
    expect(count).toBe(0);
    expect(Object.values(figures)).toEqual(Array.from({ length: 7 }, () => Number.NaN));
  });

  it('gives one number as every percentile of itself', () => {
    expect(distribution([0.25])).toEqual({ count: 1, avg: 0.25, min: 0.25, p50: 0.25, p90: 0.25, p99: 0.25, p999: 0.25, max: 0.25 });
  });

  it('agrees with the definition for any numbers', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1, maxLength: 200 }), (values) => {
        const figures = distribution(values);
        for (const [name, p] of [
          ['min', 0],
          ['p50', 0.5],
          ['p90', 0.9],
          ['p99', 0.99],
          ['p999', 0.999],
          ['max', 1],
        ] as const) {
          expect(figures[name]).toBeCloseTo(naiveQuantile(values, p), 6);
        }
      }),
    );
  });

  it('orders its percentiles within the extremes', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1 }), (values) => {
        const { min, p50, p90, p99, p999, max } = distribution(values);
        const ordered = [Math.min(...values), min, p50, p90, p99, p999, max, Math.max(...values)];
        expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('sortNumbers', () => {
  it('sorts a copy', () => {
    const values = Float64Array.of(3, 1, 2);
    expect([...sortNumbers(values)]).toEqual([1, 2, 3]);
    expect([...values]).toEqual([3, 1, 2]);
  });
});

/** Type 7 by its definition: each value's share falls off linearly with its distance from rank (n - 1) p. */
function naiveQuantile(values: readonly number[], p: number): number {
  const rank = (values.length - 1) * p;
  return values.toSorted((a, b) => a - b).reduce((sum, value, index) => sum + value * Math.max(0, 1 - Math.abs(index - rank)), 0);
}
