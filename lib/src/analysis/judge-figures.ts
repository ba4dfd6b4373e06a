import { median } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { benjaminiHochberg } from '../statistics/adjust-p-values.ts';
import { compareGroups } from '../statistics/compare-groups.ts';
import { comparePairs } from '../statistics/compare-pairs.ts';
import type { CompareOptions, ComparisonAnswer, FigureAnswer } from '../statistics/figure-answer.ts';
import type { FigureUnit } from './figure-units.ts';
import type { Figure } from './figures.ts';
import type { Round } from './comparison-rounds.ts';
import { summaryOf } from './saved-summary.ts';

/** Times and rates are faster or slower, CPU and memory are less or more: always of B, beside A. */
export type JudgedAnswer = 'faster' | 'slower' | 'less' | 'more' | 'equivalent' | 'cannot tell';

/** A figure in two groups of experiments. */
interface FigureInBoth {
  readonly name: string;
  readonly title: string;
  readonly unit: FigureUnit;
  readonly better: 'more' | 'less';
  /** Medians of the experiments counted, in the figure's unit. */
  readonly a: number;
  readonly b: number;
}

/** What B is by one figure. */
export interface JudgedFigure extends Omit<FigureAnswer, 'answer'>, FigureInBoth {
  readonly answer: JudgedAnswer;
  /** Which way that is; `equivalent` and `cannot tell` are the same in both. */
  readonly outcome: ComparisonAnswer;
  /**
   * What the figure says something of besides the target: `driver`: some of the experiments were limited by it; `offered`: in all of them the
   * target kept up with a schedule, so its rate is the one that was offered.
   */
  readonly caveat?: 'driver' | 'offered';
}

/** A figure that is shown and not judged. */
export interface UnjudgedFigure extends Pick<FigureAnswer, 'ratio' | 'counts' | 'p' | 'effect'>, FigureInBoth {
  /** The p value corrected for all unjudged figures by their expected share of false ones (Benjamini and Hochberg). */
  readonly falseDiscoveryP: number;
}

/** Two groups whose experiments are counted: by round where they are paired. */
export interface ComparedExperiments {
  readonly a: readonly Experiment[];
  readonly b: readonly Experiment[];
  /** Those of which both were counted; undefined when they are not paired. */
  readonly rounds?: readonly Round[];
}

/** The figures that are judged, together. */
export function judgeFigures(
  figures: readonly Figure[],
  experiments: ComparedExperiments,
  options: CompareOptions,
): readonly JudgedFigure[] {
  const answers = answersFor(figures, experiments, options);
  return answers.map(({ answer: outcome, ...answer }, index) => {
    const figure = figures[index]!;
    const caveat = caveatOf(figure, [...experiments.a, ...experiments.b]);
    return {
      ...answer,
      ...inBoth(figure, experiments),
      answer: answerWord(figure, outcome, answer.ratio.value),
      outcome,
      ...(caveat && { caveat }),
    };
  });
}

/** The others, each by itself. */
export function showFigures(
  figures: readonly Figure[],
  experiments: ComparedExperiments,
  options: CompareOptions,
): readonly UnjudgedFigure[] {
  const answers = figures.flatMap((figure) => answersFor([figure], experiments, options));
  const falseDiscovery = benjaminiHochberg(answers.map(({ adjustedP }) => adjustedP));
  return answers.map(({ ratio, counts, adjustedP, effect }, index) => ({
    ...inBoth(figures[index]!, experiments),
    ratio,
    counts,
    p: adjustedP,
    effect,
    falseDiscoveryP: falseDiscovery[index]!,
  }));
}

function answersFor(figures: readonly Figure[], { a, b, rounds }: ComparedExperiments, options: CompareOptions): readonly FigureAnswer[] {
  const of = (name: string, better: 'more' | 'less' = 'less') => ({ name, better });
  if (rounds === undefined) {
    return compareGroups(
      figures.map(({ name, better }) => ({ ...of(name, better), a: valuesOf(name, a), b: valuesOf(name, b) })),
      options,
    );
  }
  return comparePairs(
    figures.map(({ name, better }) => ({
      ...of(name, better),
      rounds: rounds.map(([one, other]) => ({ a: valueOf(name, one!), b: valueOf(name, other!) })),
    })),
    options,
  );
}

function inBoth({ name, title, unit, better = 'less' }: Figure, { a, b }: ComparedExperiments): FigureInBoth {
  return { name, title, unit, better, a: median(valuesOf(name, a)) ?? Number.NaN, b: median(valuesOf(name, b)) ?? Number.NaN };
}

function valuesOf(name: string, experiments: readonly Experiment[]): readonly number[] {
  return experiments.map((experiment) => valueOf(name, experiment));
}

/** From the saved summary: NaN where the figure is not known. */
export function valueOf(name: string, experiment: Experiment): number {
  return summaryOf(experiment).figures[name] ?? Number.NaN;
}

function answerWord(figure: Figure, outcome: ComparisonAnswer, ratio: number): JudgedAnswer {
  if (outcome === 'equivalent' || outcome === 'cannot tell') return outcome;
  if (isOfSpeed(figure)) return outcome === 'better' ? 'faster' : 'slower';
  return ratio < 1 ? 'less' : 'more';
}

/** A time that one waits for, or a rate; CPU time is used, not waited for. */
function isOfSpeed({ name, unit }: Pick<Figure, 'name' | 'unit'>): boolean {
  return (unit === 'seconds' && !name.endsWith('.cpuSeconds')) || unit === 'tasksPerSecond' || unit === 'runsPerSecond';
}

function caveatOf(figure: Figure, experiments: readonly Experiment[]): JudgedFigure['caveat'] {
  if (!isOfSpeed(figure)) return undefined;
  const limits = experiments.map((experiment) => summaryOf(experiment).verdict);
  if (limits.some(({ limitedBy }) => limitedBy === 'driver')) return 'driver';
  const keptUp = limits.every(({ limitedBy, evidence }) => limitedBy === 'nothing' && evidence.offeredTasksPerSecond !== null);
  return keptUp && (figure.unit === 'tasksPerSecond' || figure.name === 'duration') ? 'offered' : undefined;
}
