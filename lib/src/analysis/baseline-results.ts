import { median } from 'd3-array';
import { type BaselineBound, type Threshold } from '../config/threshold.ts';
import type { Experiment } from '../results/experiment.ts';
import { roundOf as roundOfSeries } from '../results/series.ts';
import { compareGroups } from '../statistics/compare-groups.ts';
import { comparePairs } from '../statistics/compare-pairs.ts';
import type { FigureAnswer } from '../statistics/figure-answer.ts';
import { isCounted } from './comparable-groups.ts';
import { type RoundOf, toRounds } from './comparison-rounds.ts';
import { changeOf, intervalOf } from './comparison-words.ts';
import { type Figure, figures, roleFigures } from './figures.ts';
import { plural } from './format-figure.ts';
import { summaryOf } from './saved-summary.ts';
import { differingKeys, setupDifferences } from './setup-differences.ts';
import { type ThresholdOutcome, type ThresholdResult, figureToJudge, isHindrance, isOfPace, titleToJudge } from './threshold-results.ts';

export type RelativeThreshold = Threshold & { readonly bound: BaselineBound };

export interface BaselineOptions {
  /** The probability that one of several thresholds is said to fail, or that one is said to pass, when it is on its bound. Default: 0.05. */
  readonly alpha?: number;
  /** Tells which round of a series an experiment was run in. Default: as the series says. */
  readonly roundOf?: RoundOf;
}

/**
 * Thresholds that are relative to a baseline: two groups of experiments, of which the experiment is the unit, never the task.
 *
 * `response.p99 < baseline + 5 %` asks whether the ratio of the figure to that of the baseline is below 1.05: the baseline's values are raised by 5 %, and
 * compared with by the tests of `comparePairs` (experiments that ran in turn) or `compareGroups`, one-sided: it passes where the figure is below that for
 * certain (non-inferiority: Wellek, "Testing Statistical Hypotheses of Equivalence and Noninferiority", 2010), fails where it is above for certain, corrected
 * for the number of thresholds, and is else inconclusive, with how many more experiments it may take. All thresholds have to pass, so that a pass
 * needs no correction (R. L. Berger, Technometrics 24(4), 1982).
 *
 * Inconclusive as well: an experiment of another load, host or Postgres is no baseline; and where a figure of pace fails, but driver or host limited
 * any of `experiments`. Experiments that did not end as done count on neither side. Values: the medians, in the unit of the figure.
 */
export function baselineResults(
  thresholds: readonly RelativeThreshold[],
  experiments: readonly Experiment[],
  baseline: readonly Experiment[],
  options: BaselineOptions = {},
): readonly ThresholdResult[] {
  const { alpha = 0.05, roundOf = roundOfSeries } = options;
  const roles = [...new Set([...experiments, ...baseline].flatMap((experiment) => Object.keys(summaryOf(experiment).roles)))];
  const among = [...figures, ...roles.flatMap(roleFigures)];
  const judged = thresholds.map((threshold) => ({ threshold, figure: figureToJudge(threshold, among) }));
  const { rounds, isOneAfterTheOther } = toRounds(inTime(baseline), inTime(experiments), 'auto', roundOf);
  const pairs = rounds.flatMap(([a, b]) => (a && b && isCounted(a) && isCounted(b) ? [{ a, b }] : []));
  const isPaired = pairs.length > 0;
  const counted = {
    a: isPaired ? pairs.map(({ a }) => a) : baseline.filter(isCounted),
    b: isPaired ? pairs.map(({ b }) => b) : experiments.filter(isCounted),
  };
  /** Two-sided, as the tests are: `alpha` on the side that is asked for. */
  const answersFor = (some: typeof judged): readonly FigureAnswer[] => {
    const each = some.map(({ threshold, figure }) => {
      const factor = 1 + threshold.bound.marginRatio;
      return {
        name: threshold.text,
        better: wanted(threshold),
        a: counted.a.map((one) => figure.value(one) * factor),
        b: counted.b.map((one) => figure.value(one)),
      };
    });
    const testing = { seed: 1, alpha: 2 * alpha, margin: 0 };
    return isPaired
      ? comparePairs(
          each.map(({ name, better, a, b }) => ({
            name,
            better,
            rounds: a.map((value, round) => ({ a: value, b: b[round] ?? Number.NaN })),
          })),
          testing,
        )
      : compareGroups(each, testing);
  };
  const obstacle = obstacleOf(experiments, baseline);
  const together = answersFor(judged);
  const unit = isPaired ? 'round' : 'experiment';
  return judged.map(({ threshold, figure }, index) => {
    const [alone] = answersFor([{ threshold, figure }]) as [FigureAnswer];
    const { marginRatio } = threshold.bound;
    const middle = (group: readonly Experiment[]): number => median(group.map((each) => figure.value(each))) ?? Number.NaN;
    const [value, bound] = [middle(counted.b), middle(counted.a) * (1 + marginRatio)];
    const outcome = alone.answer === 'better' ? 'passed' : together[index]?.answer === 'worse' ? 'failed' : 'inconclusive';
    const doubt = obstacle ?? hindranceOf(counted.b, figure, outcome);
    const words = doubt ?? ratioWords(alone, marginRatio, { unit, outcome, isOneAfterTheOther });
    const known = {
      threshold: threshold.text,
      figure: figure.name,
      title: titleToJudge(figure, threshold),
      unit: figure.unit,
      comparator: threshold.comparator,
    };
    return {
      ...known,
      outcome: doubt === undefined ? outcome : 'inconclusive',
      value,
      bound,
      excess: outcome === 'failed' ? Math.abs(value - bound) : 0,
      reason: words,
    };
  });
}

/** Which side of the bound is asked for. */
function wanted({ comparator }: Threshold): 'less' | 'more' {
  return comparator === '<' || comparator === '<=' ? 'less' : 'more';
}

/** Why the baseline is none for these experiments. */
function obstacleOf(experiments: readonly Experiment[], baseline: readonly Experiment[]): string | undefined {
  for (const [what, group] of [['experiments', experiments] as const, ['experiments of the baseline', baseline] as const])
    if (!group.some(isCounted)) return `there are no ${what} that ended as done`;
  for (const [what, group, then] of [
    ['the experiments of the baseline', baseline, 'narrow it'] as const,
    ['the experiments', experiments, 'they are no repetitions'] as const,
  ]) {
    const mixed = differingKeys(group);
    if (mixed.length > 0) return `${what} differ from each other in ${mixed.join(', ')}: ${then}`;
  }
  const differences = setupDifferences(baseline, experiments).filter(({ kind, what }) => kind !== 'subject' && what !== 'orchlab');
  if (differences.length === 0) return undefined;
  const words = differences.map(({ what, a, b }) => `${what} (${a.join(', ')}; here ${b.join(', ')})`);
  return `the baseline is of another ${words.join(', ')}`;
}

function hindranceOf(experiments: readonly Experiment[], figure: Figure, outcome: ThresholdOutcome): string | undefined {
  if (outcome !== 'failed' || !isOfPace(figure)) return undefined;
  const limits = experiments.map((experiment) => summaryOf(experiment).verdict.limitedBy).filter(isHindrance);
  return limits.length === 0
    ? undefined
    : `the ${limits[0]} limited ${limits.length} of ${plural(experiments.length, 'experiment')}, not the target`;
}

/** For instance `+1.2 % (-0.4 to +3.0 %) beside the baseline, by 6 and 8 experiments`. */
function ratioWords(
  { ratio, counts, reason, more }: FigureAnswer,
  marginRatio: number,
  {
    unit,
    outcome,
    isOneAfterTheOther,
  }: { readonly unit: string; readonly outcome: ThresholdOutcome; readonly isOneAfterTheOther: boolean },
): string {
  const factor = 1 + marginRatio;
  const beside = Number.isNaN(ratio.value) ? 'not known' : changeOf(ratio.value * factor);
  const interval = intervalOf({ low: ratio.low * factor, high: ratio.high * factor });
  const by = unit === 'round' ? plural(counts.a, unit) : `${counts.b} and ${plural(counts.a, unit)}`;
  const words = `${beside}${interval === '–' ? '' : ` (${interval})`} beside the baseline, by ${by}`;
  if (outcome !== 'inconclusive') return isOneAfterTheOther ? `${words} that all ran before` : words;
  const count = more > 1000 ? 'more than 1,000' : String(Number(more.toPrecision(2)));
  const needed = `${count} more ${unit === 'round' ? (more === 1 ? 'round' : 'rounds') : 'of each'}`;
  return `${words}: that can't be told yet, it takes ${reason === 'too few' ? 'at least' : 'about'} ${needed}`;
}

function inTime(experiments: readonly Experiment[]): Experiment[] {
  return experiments.toSorted((one, other) => one.manifest.times.startedMs - other.manifest.times.startedMs);
}
