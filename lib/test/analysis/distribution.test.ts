import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distribution } from '../../src/analysis/distribution.ts';
import { carries } from '../../src/statistics/carries.ts';
import { sortNumbers } from '../../src/analysis/sort-numbers.ts';

const anyNumber = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('distribution', () => {
  it('gives what numpy.percentile and percentile_cont give', () => {
    // 1..3000: the 0-based rank of p is 2999 p, so p90 is at 2699.1, between 2700 and 2701.
    const figures = distribution(Array.from({ length: 3000 }, (_, index) => 3000 - index));
    expect(figures).toMatchObject({ count: 3000, avg: 1500.5, min: 1, p50: 1500.5, max: 3000 });
    expect(figures.p90).toBeCloseTo(2700.1, 9);
    expect(figures.p99).toBeCloseTo(2970.01, 9);
    expect(figures.p999).toBeCloseTo(2997.001, 9);
  });

  it('leaves NaNs out', () => {
    expect(distribution([Number.NaN, 3, Number.NaN, 1])).toMatchObject({ count: 2, avg: 2, min: 1, max: 3 });
  });

  it('has no figures for no numbers', () => {
    const { count, ...figures } = distribution([Number.NaN]);
    expect(count).toBe(0);
    expect(Object.values(figures)).toEqual(Array.from({ length: 7 }, () => Number.NaN));
  });

  it('tells no percentile that so few values can not carry', () => {
    const of = (count: number) => distribution(Array.from({ length: count }, () => 0.25));
    const unknown = Number.NaN;
    expect(of(3)).toEqual({ count: 3, avg: 0.25, min: 0.25, p50: unknown, p90: unknown, p99: unknown, p999: unknown, max: 0.25 });
    // 1 - p^n reaches 0.9 at these counts.
    for (const [least, name] of [
      [4, 'p50'],
      [22, 'p90'],
      [230, 'p99'],
      [2302, 'p999'],
    ] as const)
      expect([of(least - 1)[name], of(least)[name]]).toEqual([unknown, 0.25]);
  });

  it('agrees with the definition for any numbers', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1, maxLength: 400 }), (values) => {
        const figures = distribution(values);
        for (const [name, p] of [
          ['min', 0],
          ['p50', 0.5],
          ['p90', 0.9],
          ['p99', 0.99],
          ['p999', 0.999],
          ['max', 1],
        ] as const) {
          if (p === 0 || p === 1 || carries(values.length, p)) expect(figures[name]).toBeCloseTo(naiveQuantile(values, p), 6);
          else expect(figures[name]).toBeNaN();
        }
      }),
    );
  });

  it('orders its percentiles within the extremes', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1 }), (values) => {
        const { min, p50, p90, p99, p999, max } = distribution(values);
        const ordered = [Math.min(...values), min, p50, p90, p99, p999, max, Math.max(...values)].filter((value) => !Number.isNaN(value));
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
