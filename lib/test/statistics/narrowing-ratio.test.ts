import { expect, it } from 'vitest';
import { seededRandom } from '../../src/random/seeded-random.ts';
import { leastRounds, roundsRatio, roundsUntil } from '../../src/statistics/narrowing-ratio.ts';
import { hodgesLehmann } from '../../src/statistics/hodges-lehmann.ts';
import { normalQuantile } from '../../src/statistics/normal.ts';

it('is the ratio of paired rounds with the interval of the signed-rank test', () => {
  const ratios = [1.02, 1.1, 1.05, 1.07, 0.99, 1.04, 1.08];
  const { ratio, halfWidth, rounds } = roundsRatio(ratios.map((b) => ({ a: 200, b: 200 * b })));
  const expected = hodgesLehmann(ratios.map(Math.log), 0.95);
  expect(ratio.value).toBeCloseTo(Math.exp(expected.value), 12);
  expect([ratio.low, ratio.high]).toEqual([expect.closeTo(Math.exp(expected.low), 12), expect.closeTo(Math.exp(expected.high), 12)]);
  expect(halfWidth).toBeCloseTo(Math.sqrt(ratio.high / ratio.low) - 1, 12);
  expect(rounds).toBe(7);
});

it('knows nothing of rounds in which one is not known, and has no interval with fewer than six', () => {
  const unknown = [
    { a: Number.NaN, b: 1 },
    { a: 1, b: 0 },
  ];
  expect(roundsRatio(unknown)).toMatchObject({ rounds: 0, ratio: { value: Number.NaN }, halfWidth: Number.NaN });
  const five = Array.from({ length: leastRounds - 1 }, (_, index) => ({ a: 1, b: 2 + index / 100 }));
  expect(roundsRatio([...unknown, ...five])).toMatchObject({ rounds: 5, halfWidth: Number.NaN });
  expect(roundsRatio([...five, { a: 1, b: 2.1 }]).halfWidth).toBeGreaterThan(0);
});

it('tells how many rounds it will take: four times as many for half the width', () => {
  const now = { ratio: { value: 1, low: 0.9, high: 1.1, level: 0.95 }, halfWidth: Math.expm1(0.1), rounds: 10 };
  expect(roundsUntil(now, Math.expm1(0.05))).toBe(40);
  expect(roundsUntil({ ...now, halfWidth: Number.NaN }, 0.05)).toBeNaN();
});

// The aim is 95 %; to end at a width costs little of it, to end at a p value would cost most of it.
it.each([
  [0.02, 0.02, 10],
  [0.05, 0.03, 10],
  [0.05, 0.05, 10],
])('holds the true ratio with a spread of %s, ended at a width of %s after at least %s rounds', (spread, until, least) => {
  const random = seededRandom(7);
  let held = 0;
  const simulations = 400;
  for (let simulation = 0; simulation < simulations; simulation++) {
    const rounds: { a: number; b: number }[] = [];
    for (;;) {
      const noise = (): number => Math.exp(spread * normalQuantile(random()));
      rounds.push({ a: 100 * noise(), b: 103 * noise() });
      if (rounds.length < least) continue;
      const { ratio, halfWidth } = roundsRatio(rounds);
      if (halfWidth > until) continue;
      if (ratio.low <= 1.03 && ratio.high >= 1.03) held++;
      break;
    }
  }
  expect(held / simulations).toBeGreaterThanOrEqual(0.92);
});
