import { expect, it } from 'vitest';
import { seededRandom, xoshiro128 } from '../../src/random/seeded-random.ts';

it('is xoshiro128**: the numbers that the reference implementation gives for the state 1, 2, 3, 4', () => {
  const next = xoshiro128([1, 2, 3, 4]);
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

it('gives the same numbers for the same seed and others for another, uniform over [0, 1)', () => {
  const draw = (seed: number): number[] => Array.from({ length: 100_000 }, seededRandom(seed));
  const numbers = draw(7);
  expect(draw(7)).toEqual(numbers);
  expect(draw(8).slice(0, 10)).not.toEqual(numbers.slice(0, 10));
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  // Chi-square over 20 classes: 43.8 is exceeded by chance once in a thousand (19 degrees of freedom).
  const counts = Array.from({ length: 20 }, () => 0);
  for (const number of numbers) counts[Math.floor(number * 20)]! += 1;
  const expected = numbers.length / 20;
  expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(43.8);
});
