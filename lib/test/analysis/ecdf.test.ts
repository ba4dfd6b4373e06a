import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ecdf } from '../../src/analysis/ecdf.ts';

test('at each value, the share of values that are at most it', () => {
  expect(ecdf(Float64Array.of(1, 2, 2, 5))).toEqual([
    { value: 1, shareRatio: 0.25 },
    { value: 2, shareRatio: 0.75 },
    { value: 5, shareRatio: 1 },
  ]);
  expect(ecdf(new Float64Array(0))).toEqual([]);
});

test('thinned, it keeps minimum, maximum, median and the tail, each at its exact share', () => {
  const points = ecdf(
    Float64Array.from({ length: 100_000 }, (_, index) => index + 1),
    { maxPoints: 200 },
  );
  expect(points.length).toBeLessThanOrEqual(200);
  expect(points.at(0)).toEqual({ value: 1, shareRatio: 0.00001 });
  expect(points.at(-1)).toEqual({ value: 100_000, shareRatio: 1 });
  for (const { value, shareRatio } of points) expect(shareRatio).toBe(value / 100_000);
  const nearest = (share: number): number => Math.min(...points.map((point) => Math.abs(point.shareRatio - share)));
  expect(nearest(0.5)).toBeLessThanOrEqual(0.006);
  expect(nearest(0.999)).toBeLessThanOrEqual(0.00012);
  expect(nearest(0.9999)).toBeLessThanOrEqual(0.000012);
});

test('a long run of equal values keeps its jump when thinned', () => {
  const sorted = Float64Array.from({ length: 1000 }, (_, index) => (index < 900 ? 5 : index));
  expect(ecdf(sorted, { maxPoints: 10 })[0]).toEqual({ value: 5, shareRatio: 0.9 });
});

test('rises in both coordinates and agrees with counting, whatever the values', () => {
  const values = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 300 }), (numbers, maxPoints) => {
      const sorted = Float64Array.from(numbers).sort();
      const points = ecdf(sorted, { maxPoints });
      expect(points.at(0)?.value).toBe(sorted[0]);
      expect(points.at(-1)).toEqual({ value: sorted.at(-1), shareRatio: 1 });
      for (const [index, { value, shareRatio }] of points.entries()) {
        expect(shareRatio).toBe(numbers.filter((number) => number <= value).length / numbers.length);
        if (index > 0) expect(value).toBeGreaterThan(points[index - 1]?.value ?? Infinity);
      }
    }),
  );
});
