import type { Experiment } from '../results/experiment.ts';
import type { SettingValue } from '../results/series-record.ts';
import { type Series, type SeriesStep, isFinished } from '../results/series.ts';
import type { Estimate, Interval } from '../statistics/estimate.ts';
import { medianInterval } from '../statistics/quantile-interval.ts';
import { type ComparedFigure, comparedFigure, comparedFigures } from './compared-figures.ts';
import { differs, isCounted } from './comparable-groups.ts';
import { headlineFigureName } from './headline-figure.ts';
import { summaryOf } from './saved-summary.ts';

/** The experiments of a series that have the same settings: repetitions of each other. */
export interface Combination {
  readonly key: string;
  readonly label: string;
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Those that ended as done: only they are counted. In the order of their rounds. */
  readonly done: readonly Experiment[];
  /** How many ended otherwise, or are damaged. */
  readonly failed: number;
}

/** The combinations of settings that a series has run, in the order of their values as they were asked for. */
export function combinationsOf({ steps, record }: Series): readonly Combination[] {
  const byKey = new Map<string, SeriesStep[]>();
  for (const step of steps.filter(isFinished)) byKey.set(step.key, [...(byKey.get(step.key) ?? []), step]);
  const all = Array.from(byKey, ([key, own]): Combination => {
    const [{ label, settings }] = own as [SeriesStep];
    const inRounds = own.toSorted((a, b) => a.round - b.round);
    const done = inRounds.flatMap(({ experiment }) => (experiment && isCounted(experiment) ? [experiment] : []));
    return { key, label, settings, done, failed: own.length - done.length };
  });
  return inRequestedOrder(all, record.request);
}

/** What a series sets, by dotted name, each with its values in the order in which they were asked for. */
export function settingsOf(combinations: readonly Combination[]): ReadonlyMap<string, readonly SettingValue[]> {
  const names = [...new Set(combinations.flatMap(({ settings }) => Object.keys(settings)))];
  return new Map(
    names.map((name) => [name, [...new Set(combinations.flatMap(({ settings }) => settings[name] ?? []))] as readonly SettingValue[]]),
  );
}

/** One figure of a combination: the median of its experiments. */
export interface CombinationFigure {
  readonly combination: Combination;
  readonly figure: ComparedFigure;
  /** Of each experiment that it is known of, in the figure's shown unit. */
  readonly values: readonly number[];
  readonly median: Estimate;
}

/** A figure of every combination, in their order. */
export function figureByCombination(combinations: readonly Combination[], figure: ComparedFigure): readonly CombinationFigure[] {
  return combinations.map((combination) => {
    const values = combination.done
      .map((experiment) => (summaryOf(experiment).figures[figure.name] ?? Number.NaN) / figure.divisor)
      .filter((value) => !Number.isNaN(value));
    return { combination, figure, values, median: medianInterval(values) };
  });
}

/** Figures that the combinations are compared by: of several engines only those whose ends are the same moments in all. */
export function sweepFigures(combinations: readonly Combination[], names?: readonly string[]): readonly ComparedFigure[] {
  const experiments = combinations.flatMap(({ done }) => done);
  const roles = [...new Set(experiments.flatMap((experiment) => Object.keys(summaryOf(experiment).roles)))];
  if (names) return names.map((name) => comparedFigure(name, roles));
  return comparedFigures(roles).filter(({ times = [] }) => !times.some((time) => differs(experiments, time)));
}

/** The figure that a sweep is told by first. */
export function headlineFigure(combinations: readonly Combination[]): ComparedFigure {
  return comparedFigure(headlineFigureName(combinations.flatMap(({ done }) => done)), []);
}

/** Whether two intervals have nothing in common; false where one is not known. */
export function isApart(a: Interval, b: Interval): boolean {
  return a.high < b.low || b.high < a.low;
}

function inRequestedOrder(combinations: readonly Combination[], request: Readonly<Record<string, unknown>>): readonly Combination[] {
  const { vary } = request as { readonly vary?: readonly (readonly [string, readonly SettingValue[]])[] };
  if (!Array.isArray(vary)) return combinations;
  return combinations.toSorted((a, b) => {
    for (const [name, values] of vary) {
      const difference = values.indexOf(a.settings[name]!) - values.indexOf(b.settings[name]!);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}
