import type { Estimate, Interval } from './estimate.ts';
import { normalQuantile } from './normal.ts';

export interface CompareOptions {
  /** Seed of what is drawn where there are too many ways to try all. */
  readonly seed: number;
  /** Ratios between 1 / (1 + margin) and 1 + margin are no difference that matters. Default: 0.03. */
  readonly margin?: number;
  /** The probability of calling anything better or worse, of all figures, when nothing is. Default: 0.05. */
  readonly alpha?: number;
}

/** `worse`: B is worse than A, whichever way the figure goes. */
export type ComparisonAnswer = 'better' | 'worse' | 'equivalent' | 'cannot tell';

export interface FigureAnswer {
  readonly name: string;
  readonly answer: ComparisonAnswer;
  /** Only when it can't be told. Too few: not even values that all agree would be significant. */
  readonly reason?: 'too few' | 'too uncertain';
  /** Further experiments of each (of a pair: rounds) after which it can probably be told (in 8 of 10 cases); 0 when it can. */
  readonly more: number;
  /** B over A, with the interval at 1 - alpha, of this figure by itself. NaN: not known. */
  readonly ratio: Estimate;
  /** At 1 - 2 alpha: within the margin, the figure is equivalent. */
  readonly equivalence: Interval;
  /** Experiments with a value, of a pair: rounds with a ratio. */
  readonly counts: { readonly a: number; readonly b: number };
  /** Of the rank test of this figure by itself. */
  readonly p: number;
  /** Corrected for all figures: what the answer goes by. */
  readonly adjustedP: number;
  /** Rank-biserial correlation: 1 when B is larger throughout, -1 when smaller throughout, 0 when as often the one as the other. */
  readonly effect: number;
}

/** What is known of a figure before it is judged; ratios are logarithms. */
export interface FigureEvidence {
  readonly name: string;
  readonly better: 'less' | 'more';
  readonly logRatio: Estimate;
  readonly logEquivalence: Interval;
  readonly counts: { readonly a: number; readonly b: number };
  readonly p: number;
  /** NaN for one that can't be judged: it takes no part in the correction. */
  readonly correctedP: number;
  readonly effect: number;
  /** Further ones until it can be judged at all. */
  readonly missing: number;
  /** Of the logarithm of the ratio of one of each: from it follows how many more are needed. */
  readonly variance: number;
}

/**
 * The answer for each figure.
 *
 * - better or worse: the p value, corrected for all figures, is at most `alpha`, and so is the rank test's;
 * - equivalent: the interval of two one-sided tests (at 1 - 2 alpha; D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics
 *   15(6), 1987; by ranks as in Wellek, "Testing Statistical Hypotheses of Equivalence and Noninferiority", 2010) lies within the margin,
 *   also when a difference that small is sure. Each figure by itself: its error is not a false alarm;
 * - cannot tell: neither. How many more would do is by the normal approximation of the interval's width.
 */
export function answersOf(evidence: readonly FigureEvidence[], options: CompareOptions): readonly FigureAnswer[] {
  const { margin = 0.03, alpha = 0.05 } = options;
  const judged = evidence.filter(({ missing }) => missing === 0).length;
  return evidence.map((figure) => {
    const { name, logRatio, logEquivalence, counts, p, effect, missing } = figure;
    const adjustedP = Math.max(p, figure.correctedP);
    const answer = missing > 0 ? 'cannot tell' : answerOf(figure, adjustedP, margin, alpha);
    return {
      name,
      answer,
      ...(answer === 'cannot tell' && { reason: missing > 0 ? ('too few' as const) : ('too uncertain' as const) }),
      more: answer !== 'cannot tell' ? 0 : missing > 0 ? missing : furtherNeeded(figure, margin, alpha / judged),
      ratio: { value: Math.exp(logRatio.value), low: Math.exp(logRatio.low), high: Math.exp(logRatio.high), level: logRatio.level },
      equivalence: { low: Math.exp(logEquivalence.low), high: Math.exp(logEquivalence.high), level: logEquivalence.level },
      counts,
      p,
      adjustedP,
      effect,
    };
  });
}

function answerOf(
  { better, logRatio, logEquivalence: { low, high } }: FigureEvidence,
  adjustedP: number,
  margin: number,
  alpha: number,
): ComparisonAnswer {
  if (low > -Math.log1p(margin) && high < Math.log1p(margin)) return 'equivalent';
  if (!(adjustedP <= alpha)) return 'cannot tell';
  return logRatio.value > 0 === (better === 'more') ? 'better' : 'worse';
}

/** Until one of both is told with a probability of 0.8, if the ratio and its spread are what they seem. */
function furtherNeeded({ logRatio, variance, counts }: FigureEvidence, margin: number, alphaOfOne: number): number {
  const needed = (quantile: number, distance: number): number => {
    // Ranks need pi / 3 times as many as means, of normal values (Hodges and Lehmann, Annals of Mathematical Statistics 27(2), 1956).
    return distance > 0 ? Math.ceil((Math.PI / 3) * variance * ((quantile + normalQuantile(0.8)) / distance) ** 2) : Infinity;
  };
  const distance = Math.abs(logRatio.value);
  const least = Math.min(
    needed(-normalQuantile(alphaOfOne / 2), distance),
    needed(-normalQuantile(alphaOfOne), Math.log1p(margin) - distance),
  );
  return Math.max(1, least - Math.min(counts.a, counts.b));
}

/** Logarithm of a number above 0; NaN for any other: it has no ratio. */
export function logarithm(value: number): number {
  return value > 0 && Number.isFinite(value) ? Math.log(value) : Number.NaN;
}
