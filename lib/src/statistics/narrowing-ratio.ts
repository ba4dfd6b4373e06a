import type { Estimate } from './estimate.ts';
import { hodgesLehmann } from './hodges-lehmann.ts';

/** What B is to A by rounds of one of each. */
export interface RoundsRatio {
  /** B over A, with its interval at 95 %; its bounds are NaN with fewer than 6 rounds. */
  readonly ratio: Estimate;
  /** Half of the interval's width, as a share of the ratio: 0.05 is 5 % to each side. NaN where it has none. */
  readonly halfWidth: number;
  /** Rounds in which both are known. */
  readonly rounds: number;
}

/**
 * The ratio of B to A from paired rounds, and how exact it is, for deciding whether further rounds are needed.
 *
 * To end when the interval is narrow enough, and not when a p value is small enough, keeps the interval honest: its width tells next to
 * nothing of where its center is, so looking at it after each round favours no answer. Y. S. Chow and H. Robbins ("On the asymptotic theory of
 * fixed-width sequential confidence intervals for the mean", Annals of Mathematical Statistics 36(2), 1965) show that its coverage tends to the
 * one asked for as the width does to 0; J. C. Geertsema ("Sequential confidence intervals based on rank tests", Annals of Mathematical
 * Statistics 41(3), 1970) the same for this interval, which the signed-rank test gives. It falls short where it ends after very few rounds,
 * which happen to be alike: so there is a least number of them.
 */
export function roundsRatio(rounds: readonly { readonly a: number; readonly b: number }[]): RoundsRatio {
  const logarithms = rounds.map(({ a, b }) => (a > 0 && b > 0 ? Math.log(b / a) : Number.NaN)).filter(Number.isFinite);
  if (logarithms.length === 0) {
    const unknown = { value: Number.NaN, low: Number.NaN, high: Number.NaN, level: 0.95 };
    return { ratio: unknown, halfWidth: Number.NaN, rounds: 0 };
  }
  const { value, low, high, level } = hodgesLehmann(logarithms, 0.95);
  return {
    ratio: { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), level },
    halfWidth: Math.expm1((high - low) / 2),
    rounds: logarithms.length,
  };
}

/**
 * How many rounds it will take until the interval is `halfWidth` wide, from how wide it is now: as the root of their number. NaN where
 * it has no width.
 */
export function roundsUntil({ halfWidth: now, rounds }: RoundsRatio, halfWidth: number): number {
  return Math.ceil(rounds * (Math.log1p(now) / Math.log1p(halfWidth)) ** 2);
}

/** With fewer rounds there is no interval at 95 %. */
export const leastRounds = 6;
