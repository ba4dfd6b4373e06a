import { expect, test } from 'vitest';
import { thinSeries } from '../../src/analysis/thin-series.ts';

const unknown = Number.NaN;
const series = {
  times: Float64Array.of(0, 1, 2, 3, 8, 9),
  values: { a: Float64Array.of(1, 7, 2, 3, 4, unknown), b: Float64Array.of(unknown, unknown, unknown, 5, 6, 9) },
};

test('a series that is short enough comes back as it is', () => {
  expect(thinSeries(series, { by: 'last', maxPoints: 6 })).toBe(series);
});

test('slices of equal width become one point each, empty ones none', () => {
  // Three slices of 3 s: 0 1 2, 3, 8 9.
  const thin = (by: 'largest' | 'mean' | 'last') => thinSeries(series, { by, maxPoints: 3 });
  expect([...thin('largest').times]).toEqual([2, 3, 9]);
  expect([...(thin('largest').values['a'] ?? [])]).toEqual([7, 3, 4]);
  expect([...(thin('largest').values['b'] ?? [])]).toEqual([unknown, 5, 9]);
  expect([...(thin('mean').values['a'] ?? [])]).toEqual([10 / 3, 3, 4]);
  expect([...(thin('last').values['a'] ?? [])]).toEqual([2, 3, 4]);
  expect([...thinSeries(series, { by: 'last', maxPoints: 4 }).times]).toEqual([2, 3, 9]);
});

test('a peak of one reading in 100,000 survives, and the number of points stays bounded', () => {
  const times = Float64Array.from({ length: 100_000 }, (_, index) => index / 10);
  const peak = times.map((_, index) => (index === 54_321 ? 99 : 1));
  const thin = thinSeries({ times, values: { peak } }, { by: 'largest' });
  expect(thin.times.length).toBe(200);
  expect([...(thin.values['peak'] ?? [])].filter((value) => value === 99).length).toBe(1);
  expect(thin.times.at(-1)).toBe(times.at(-1));
});
