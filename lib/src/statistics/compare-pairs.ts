import type { Estimate } from './estimate.ts';
import { hodgesLehmann } from './hodges-lehmann.ts';
import { normalQuantile } from './normal.ts';
import { signedRankTest } from './rank-tests.ts';
import { signFlipPValues } from './sign-flips.ts';

/** One figure of paired, interleaved experiments. */
export interface PairedFigure {
  readonly name: string;
  /** Which end is good. */
  readonly better: 'less' | 'more';
  /** By round: what A and B had. A round where one is NaN, 0 or less has no ratio and is left out. All figures have the same rounds. */
  readonly rounds: readonly { readonly a: number; readonly b: number }[];
}

export interface CompareOptions {
  /** Seed of what is drawn with more than 12 rounds. */
  readonly seed: number;
  /** Ratios between 1 / (1 + margin) and 1 + margin are no difference that matters. Default: 0.03. */
  readonly margin?: number;
  /** The probability of calling anything faster or slower, of all figures, when nothing is. Default: 0.05. */
  readonly alpha?: number;
}

/** `slower`: B is worse than A, whichever way the figure goes. */
export type ComparisonAnswer = 'faster' | 'slower' | 'equivalent' | 'cannot tell';

export interface PairedAnswer {
  readonly name: string;
  readonly answer: ComparisonAnswer;
  /** Only when it can't be told. Too few: not even rounds that all agree would be significant. */
  readonly reason?: 'too few rounds' | 'too uncertain';
  /** Further rounds after which it can probably be told (in 8 of 10 cases); 0 when it can. */
  readonly moreRounds: number;
  /** B over A (Hodges and Lehmann's, of logarithms), with the interval at 1 - alpha, of this figure by itself. NaN: not known. */
  readonly ratio: Estimate;
  /** Rounds with a ratio. */
  readonly rounds: number;
  /** Of the signed-rank test of this figure by itself. */
  readonly p: number;
  /** Corrected for all figures: what the answer goes by. */
  readonly adjustedP: number;
  /** How one-sided the rounds are, weighted by rank: 1 when B is larger in all, -1 when smaller in all (Kerby 2014, matched-pairs rank-biserial correlation). */
  readonly effect: number;
}

/**
 * Is B faster or slower than A, or the same, by each figure? The experiment is the unit, never the task.
 *
 * - faster or slower: the p value, corrected for all figures (`signFlipPValues`), is at most `alpha`, and so is the signed-rank test's;
 * - equivalent: the interval of two one-sided tests (at 1 - 2 alpha; D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics
 *   15(6), 1987; by signed ranks as in Wellek, "Testing Statistical Hypotheses of Equivalence and Noninferiority", 2010) lies
 *   within the margin, also when a difference that small is sure. Each figure by itself: its error is not a false alarm;
 * - cannot tell: neither. How many more rounds would do is by the normal approximation of the interval's width.
 *
 * With fewer than `leastRounds(alpha)` rounds nothing is judged.
 */
export function comparePairs(figures: readonly PairedFigure[], options: CompareOptions): readonly PairedAnswer[] {
  const { seed, margin = 0.03, alpha = 0.05 } = options;
  const least = leastRounds(alpha);
  const logarithms = figures.map(({ rounds }) => rounds.map(logRatio));
  const known = logarithms.map((values) => values.filter((value) => !Number.isNaN(value)));
  const isJudged = known.map(({ length }) => length >= least);
  const judged = isJudged.filter(Boolean).length;
  // A figure that can't be judged takes no part in the correction.
  const corrected = signFlipPValues(
    (figures[0]?.rounds ?? []).map((_, round) => logarithms.map((values, index) => (isJudged[index] ? values[round]! : Number.NaN))),
    seed,
  );
  return figures.map((figure, index) => {
    const values = known[index]!;
    const log = hodgesLehmann(values, 1 - alpha);
    const { p, statistic } = signedRankTest(values);
    const adjustedP = Math.max(p, corrected[index]!);
    const count = values.filter((value) => value !== 0).length;
    const answer = isJudged[index] ? answerOf(figure, values, log.value, adjustedP, margin, alpha) : 'cannot tell';
    return {
      name: figure.name,
      answer,
      ...(answer === 'cannot tell' && { reason: isJudged[index] ? ('too uncertain' as const) : ('too few rounds' as const) }),
      moreRounds:
        answer !== 'cannot tell'
          ? 0
          : isJudged[index]
            ? Math.max(1, roundsNeeded(values, log.value, margin, alpha / judged) - values.length)
            : least - values.length,
      ratio: { value: Math.exp(log.value), low: Math.exp(log.low), high: Math.exp(log.high), level: log.level },
      rounds: values.length,
      p,
      adjustedP,
      effect: count === 0 ? 0 : (4 * statistic) / (count * (count + 1)) - 1,
    };
  });
}

/** So few rounds that, all agreeing, they are significant: 6 at 0.05, as 5 reach 1 in 16 (two-sided) and no less. */
export function leastRounds(alpha = 0.05): number {
  return 1 + Math.ceil(-Math.log2(alpha));
}

function logRatio({ a, b }: { readonly a: number; readonly b: number }): number {
  const ratio = a > 0 && b > 0 ? b / a : Number.NaN;
  return Number.isFinite(ratio) ? Math.log(ratio) : Number.NaN;
}

function answerOf(
  { better }: PairedFigure,
  values: readonly number[],
  center: number,
  adjustedP: number,
  margin: number,
  alpha: number,
): ComparisonAnswer {
  const { low, high } = hodgesLehmann(values, 1 - 2 * alpha);
  if (low > -Math.log1p(margin) && high < Math.log1p(margin)) return 'equivalent';
  if (!(adjustedP <= alpha)) return 'cannot tell';
  return center > 0 === (better === 'more') ? 'faster' : 'slower';
}

/** Until one of both is told with a probability of 0.8, if the ratio and its spread are what they seem. */
function roundsNeeded(values: readonly number[], center: number, margin: number, alphaOfOne: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const rounds = (quantile: number, distance: number): number => {
    // Ranks need pi / 3 times as many as means, of normal values (Hodges and Lehmann, Annals of Mathematical Statistics 27(2), 1956).
    return distance > 0 ? Math.ceil((Math.PI / 3) * variance * ((quantile + normalQuantile(0.8)) / distance) ** 2) : Infinity;
  };
  return Math.min(
    rounds(-normalQuantile(alphaOfOne / 2), Math.abs(center)),
    rounds(-normalQuantile(alphaOfOne), Math.log1p(margin) - Math.abs(center)),
  );
}
