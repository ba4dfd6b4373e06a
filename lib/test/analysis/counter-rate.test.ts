import { expect, test } from 'vitest';
import { counterRate, counterRateBetween } from '../../src/analysis/counter-rate.ts';

const unknown = Number.NaN;

test('a counter becomes a rate; where it fell it began anew, and at first the rate is not known', () => {
  expect([...counterRate(Float64Array.of(0, 500, 1500, 2000), Float64Array.of(10, 20, 20, 5))]).toEqual([unknown, 20, 0, 10]);
  expect(counterRateBetween(Float64Array.of(0, 1000, 2000), Float64Array.of(644, 0, 2), 0, 2000)).toBe(1);
});

test('a rate is over the time since the latest reading that is old enough', () => {
  const rising = Float64Array.of(0, 0, 10, 10, 20);
  expect([...counterRate(Float64Array.of(0, 1000, 2000, 3000, 4000), rising, 2)]).toEqual([unknown, unknown, 5, 5, 5]);
  // A tenth of a second has no exact number: readings just so far apart are far enough.
  expect([...counterRate(Float64Array.of(1e12 + 100, 1e12 + 200, 1e12 + 300), Float64Array.of(0, 1, 3), 0.1)]).toEqual([unknown, 10, 20]);
});
