import { table } from 'arquero';
import type { FigureTable } from './figure-tables.ts';
import { quantileSorted } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { type ComparedGroup, differs, environmentNotes, toGroups, uncomparedNote } from './comparable-groups.ts';
import { type ComparedFigure, comparedFigures } from './compared-figures.ts';
import { threeDigits } from './format-figure.ts';
import { sortNumbers } from './sort-numbers.ts';
import { summaryOf } from './saved-summary.ts';

/** What one group came to in one figure. */
export interface TargetFigure {
  readonly figure: ComparedFigure;
  readonly target: string;
  /** One value an experiment that ended as done, sorted; what is not known is left out. */
  readonly values: readonly number[];
  readonly median: number;
}

/** Groups side by side. */
export interface TargetsSideBySide {
  readonly groups: readonly ComparedGroup[];
  /** By figure, then group. */
  readonly figures: readonly TargetFigure[];
  /** What is not comparable, and who did not succeed: a sentence each. */
  readonly notes: readonly string[];
  /** Who finished most tasks a second, or why that can't be told: a sentence without its full stop. */
  readonly finding: string;
}

/** So many experiments of each group, all of one beyond all of the other, tell which is faster. */
const leastExperiments = 3;

/**
 * Puts targets side by side, in the order in which they first come.
 *
 * Experiments of a target are one group only where engine version, program, orchlab, Postgres and host are the same; else they are groups of
 * their own, named by what differs. Throws a RangeError when those of one target have different configs: they are no repetitions of each
 * other.
 */
export function targetsSideBySide(experiments: readonly Experiment[]): TargetsSideBySide {
  const groups = toGroups(experiments);
  const summaries = new Map(groups.flatMap(({ done }) => done.map((experiment) => [experiment, summaryOf(experiment)] as const)));
  const roles = [...new Set([...summaries.values()].flatMap((summary) => Object.keys(summary.roles)))];
  const all = comparedFigures(roles);
  const uncompared = all.flatMap((figure) => {
    const time = figure.times?.find((name) => differs(experiments, name));
    return time === undefined ? [] : [{ figure, time }];
  });
  const figures = all
    .filter((figure) => !uncompared.some((left) => left.figure === figure))
    .flatMap((figure) =>
      groups.map(({ target, done }): TargetFigure => {
        const values = sortNumbers(
          done
            .flatMap((experiment) => summaries.get(experiment) ?? [])
            .map((summary) => (summary.figures[figure.name] ?? Number.NaN) / figure.divisor),
        );
        return { figure, target, values: [...values], median: quantileSorted(values, 0.5) ?? Number.NaN };
      }),
    );
  const [left] = uncompared;
  return {
    groups,
    figures,
    notes: [
      ...(left ? [uncomparedNote(experiments, left.time)] : []),
      ...environmentNotes(groups),
      ...groups
        .filter(({ failed }) => failed.length > 0)
        .map(
          ({ target, done, failed }) =>
            `${failed.length} of ${done.length + failed.length} experiments of ${target} did not end as done${failed.some((experiment) => summaryOf(experiment).damage !== null) ? ', or are damaged' : ''}: they are in no figure.`,
        ),
    ],
    finding: findingOf(figures),
  };
}

/**
 * Targets side by side: for each figure and target the median, minimum and maximum over its experiments that ended as done.
 *
 * Columns: figure (with its unit), target, experiments (how many were counted), median, min, max. The range is what was seen,
 * no interval of confidence: with three experiments it says how far they were apart, not where a fourth would be. Response time counts from
 * when runs were due, for all engines alike; latency is left out where its ends are not the same moments in all of them. Experiments of one
 * target that differ in engine, Postgres or host are rows of their own. Throws a RangeError when their configs differ in more than their
 * name and the seed of random arrivals.
 */
export function compareTargets(experiments: readonly Experiment[]): FigureTable<'compareTargets'> {
  const rows = targetsSideBySide(experiments).figures;
  return table({
    figure: rows.map(({ figure }) => `${figure.title} (${figure.unit})`),
    target: rows.map(({ target }) => target),
    experiments: rows.map(({ values }) => values.length),
    median: rows.map(({ median }) => median),
    min: rows.map(({ values }) => values[0] ?? Number.NaN),
    max: rows.map(({ values }) => values.at(-1) ?? Number.NaN),
  }) as FigureTable<'compareTargets'>;
}

/** Names a winner only where every experiment of one is beyond every experiment of all others, and there are enough of each. */
function findingOf(figures: readonly TargetFigure[]): string {
  const ranked = figures
    .filter(({ figure, values }) => figure.title === 'throughput' && values.length > 0)
    .toSorted((a, b) => b.median - a.median);
  const [best, second] = ranked;
  const worst = ranked.at(-1);
  if (!best || !worst) return 'Targets compared: no experiment was done';
  if (!second) return `${best.target}: ${threeDigits(best.median)} tasks/s`;
  const all = `throughput of ${ranked.map(({ target, median }) => `${target} ${threeDigits(median)}`).join(', ')} tasks/s`;
  const fewest = Math.min(...ranked.map(({ values }) => values.length));
  if (fewest < leastExperiments)
    return `Which is faster can't be told from ${fewest === 1 ? 'one experiment' : `${fewest} experiments`} each (${leastExperiments} are needed): ${all}`;
  const overlapping = ranked.slice(1).filter(({ values }) => (values.at(-1) ?? Number.NaN) >= (best.values[0] ?? Number.NaN));
  if (overlapping.length > 0)
    return `No difference can be told between ${[best, ...overlapping].map(({ target }) => target).join(' and ')}, whose experiments overlap: ${all}`;
  return `${best.target} finished ${threeDigits(best.median)} tasks/s, ${threeDigits(best.median / worst.median)} times as many as ${worst.target}`;
}
