import { variance } from 'd3-array';
import { type CompareOptions, type FigureAnswer, answersOf, logarithm } from './figure-answer.ts';
import { hodgesLehmannShift } from './hodges-lehmann.ts';
import { labelPValues, waysCount } from './label-permutations.ts';
import { rankSumTest } from './rank-tests.ts';

/** One figure of two groups of experiments that belong to no pairs. */
export interface GroupedFigure {
  readonly name: string;
  /** Which end is good. */
  readonly better: 'less' | 'more';
  /** By experiment. One that is NaN, 0 or less has no ratio and is left out. All figures have the same experiments. */
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/**
 * Is B better or worse than A, or the same, by each figure, where their experiments are not in pairs?
 *
 * As `comparePairs`, with the ratio by Hodges and Lehmann's shift between two samples of logarithms, p of the rank-sum test and corrected by
 * `labelPValues`, the effect of the two groups (Cliff's delta, 1993). Both tests take the groups to be spread alike. With fewer experiments
 * than `missingExperiments` asks for nothing is judged.
 */
export function compareGroups(figures: readonly GroupedFigure[], options: CompareOptions): readonly FigureAnswer[] {
  const { seed, alpha = 0.05 } = options;
  const logarithms = figures.map(({ a, b }) => ({ a: a.map(logarithm), b: b.map(logarithm) }));
  const known = logarithms.map(({ a, b }) => ({ a: a.filter(isKnown), b: b.filter(isKnown) }));
  const missing = known.map(({ a, b }) => missingExperiments(a.length, b.length, alpha));
  const byMember = (group: 'a' | 'b'): readonly (readonly number[])[] =>
    (figures[0]?.[group] ?? []).map((_, member) =>
      logarithms.map((values, index) => (missing[index] === 0 ? values[group][member]! : Number.NaN)),
    );
  const corrected = labelPValues(byMember('a'), byMember('b'), seed);
  const evidence = figures.map(({ name, better }, index) => {
    const { a, b } = known[index]!;
    const { p, statistic } = rankSumTest(b, a);
    return {
      name,
      better,
      logRatio: hodgesLehmannShift(a, b, 1 - alpha),
      logEquivalence: hodgesLehmannShift(a, b, 1 - 2 * alpha),
      counts: { a: a.length, b: b.length },
      p,
      correctedP: corrected[index]!,
      effect: (2 * statistic) / (a.length * b.length) - 1,
      missing: missing[index]!,
      variance: varianceOfOneOfEach(a, b),
    };
  });
  return answersOf(evidence, options);
}

/** How many further experiments of each group it takes until, all of one beyond all of the other, they are significant: 4 and 4 at 0.05. */
export function missingExperiments(a: number, b: number, alpha = 0.05): number {
  let more = 0;
  // Each of them is one way of so many, and so is its mirror image.
  while (2 / waysCount(a + b + 2 * more, a + more) > alpha) more += 1;
  return more;
}

/** With one experiment in a group, that of the other holds for it. */
function varianceOfOneOfEach(a: readonly number[], b: readonly number[]): number {
  const variances = [a, b].filter(({ length }) => length > 1).map((values) => variance(values)!);
  return (2 * variances.reduce((sum, value) => sum + value, 0)) / variances.length;
}

function isKnown(value: number): boolean {
  return !Number.isNaN(value);
}
