import { variance } from 'd3-array';
import { type CompareOptions, type FigureAnswer, answersOf, logarithm } from './figure-answer.ts';
import { hodgesLehmann } from './hodges-lehmann.ts';
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

/**
 * Is B better or worse than A, or the same, by each figure? The experiment is the unit, never the task.
 *
 * The ratio is Hodges and Lehmann's of the logarithms of the rounds' ratios, p is of the signed-rank test and corrected by `signFlipPValues`, the
 * effect is of matched pairs (Kerby 2014). What the answers mean: `answersOf`. With fewer than `leastRounds(alpha)` rounds nothing is judged.
 */
export function comparePairs(figures: readonly PairedFigure[], options: CompareOptions): readonly FigureAnswer[] {
  const { seed, alpha = 0.05 } = options;
  const least = leastRounds(alpha);
  const logarithms = figures.map(({ rounds }) => rounds.map(({ a, b }) => logarithm(b) - logarithm(a)));
  const known = logarithms.map((values) => values.filter((value) => !Number.isNaN(value)));
  const corrected = signFlipPValues(
    (figures[0]?.rounds ?? []).map((_, round) =>
      logarithms.map((values, index) => (known[index]!.length >= least ? values[round]! : Number.NaN)),
    ),
    seed,
  );
  const evidence = figures.map(({ name, better }, index) => {
    const values = known[index]!;
    const { p, statistic } = signedRankTest(values);
    const unequal = values.filter((value) => value !== 0).length;
    return {
      name,
      better,
      logRatio: hodgesLehmann(values, 1 - alpha),
      logEquivalence: hodgesLehmann(values, 1 - 2 * alpha),
      counts: { a: values.length, b: values.length },
      p,
      correctedP: corrected[index]!,
      effect: unequal === 0 ? 0 : (4 * statistic) / (unequal * (unequal + 1)) - 1,
      missing: Math.max(0, least - values.length),
      variance: variance(values) ?? Number.NaN,
    };
  });
  return answersOf(evidence, options);
}

/** So few rounds that, all agreeing, they are significant: 6 at 0.05, as 5 reach 1 in 16 (two-sided) and no less. */
export function leastRounds(alpha = 0.05): number {
  return 1 + Math.ceil(-Math.log2(alpha));
}
