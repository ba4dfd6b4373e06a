import { expect, it } from 'vitest';
import { largestDeficit, scoreLimit } from '../../src/analysis/deficit.ts';
import { seededRandom } from '../../src/random/seeded-random.ts';

const everyTenMs = (fromMs: number, toMs: number): number[] =>
  Array.from({ length: (toMs - fromMs) / 10 }, (_, index) => fromMs + 10 * index);
const span = { expected: (ms: number) => ms / 10, fromMs: 0, lastFromMs: 2000, untilMs: 4000, ratio: 0.9 };

it('the largest deficit is the stretch that lacks most, from its begin to its end', () => {
  const atMs = Float64Array.from([...everyTenMs(0, 1000), ...everyTenMs(1500, 4000)]);
  // The last before the stop is at 990 ms, and 51 would have come from then on.
  expect(largestDeficit(atMs, span).largest).toEqual({ fromMs: 990, toMs: 1500, ratio: 0, score: 51 });
  expect(largestDeficit(atMs, { ...span, fromMs: 1200 }).largest).toEqual({ fromMs: 1200, toMs: 1500, ratio: 0, score: 30 });
  // Between 990 and 1490 ms come 24 of 50.
  const halved = Float64Array.from([
    ...everyTenMs(0, 1000),
    ...everyTenMs(1000, 1500).filter((_, index) => index % 2 === 1),
    ...everyTenMs(1500, 4000),
  ]);
  const { largest } = largestDeficit(halved, span);
  expect(largest?.toMs).toBe(1490);
  expect(largest?.ratio).toBe(24 / 50);
  expect(largest?.score).toBeCloseTo(24 * Math.log(24 / 50) + 26, 9);
});

it('what it takes to be more than chance is the tail of those before, extended to one false alarm in a hundred', () => {
  expect(scoreLimit(6, 100, 1)).toBe(6);
  expect(scoreLimit(6, 100, 100)).toBeCloseTo(12, 9);
  expect(scoreLimit(6, 1, 100)).toBeNaN();
});

it('gaps of events at random pass it about once in a hundred times', () => {
  const random = seededRandom(3);
  const gap = (): number => -Math.log(1 - random());
  const gaps = (count: number): number[] => Array.from({ length: count }, gap);
  const trials = 2000;
  let alarms = 0;
  for (let trial = 0; trial < trials; trial++) if (Math.max(...gaps(100)) > scoreLimit(Math.max(...gaps(200)), 200, 100)) alarms++;
  expect(alarms / trials).toBeLessThan(0.02);
  expect(alarms / trials).toBeGreaterThan(0.002);
});
