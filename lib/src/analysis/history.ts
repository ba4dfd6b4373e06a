import { median } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { historyChanges } from '../statistics/history-changes.ts';
import { comparedFigures } from './compared-figures.ts';
import { type Figure, figures as catalogue, findFigure } from './figures.ts';
import { type HistoryPoint, historyPoints } from './history-point.ts';

export interface HistoryOptions {
  /** Names of figures. Default: those that targets are compared by (`compareTargets`). */
  readonly figures?: readonly string[];
  /** Changes smaller than this, as a ratio, are not told. Default: 0. */
  readonly minChange?: number;
  /** Changes have a p value below it. Default: 0.001, as apache-otava has it, divided by the number of figures. */
  readonly maxP?: number;
}

/** What has the same setup over time: what a figure was in each experiment, and where its level changed. */
export interface HistoryLine {
  /** What all of its experiments have in common. */
  readonly setup: Pick<HistoryPoint, 'config' | 'configHash' | 'target' | 'host' | 'postgres'>;
  /** In the order of time. */
  readonly points: readonly HistoryPoint[];
  readonly figures: readonly FigureHistory[];
}

export interface FigureHistory extends Pick<Figure, 'name' | 'title' | 'unit' | 'better'> {
  /** By point, in the figure's unit; NaN where it is not known. */
  readonly values: readonly number[];
  readonly changes: readonly FigureChange[];
  /** The median since the last change. */
  readonly now: number;
}

/** A change of level, which first shows in one experiment. */
export interface FigureChange {
  /** Of the first point after it. */
  readonly point: number;
  /** Of Student's t test between the levels before and after. */
  readonly p: number;
  readonly meanBefore: number;
  readonly meanAfter: number;
  /** How many experiments are of the level before, and of the one after. */
  readonly countBefore: number;
  readonly countAfter: number;
  readonly outcome: 'better' | 'worse' | 'neither';
  /** What is not the same in the last experiment before and in the first after: candidates for its cause. */
  readonly differences: readonly { readonly what: string; readonly before: string; readonly after: string }[];
}

/** So many values on each side a change needs to be found, about. */
export const leastForChanges = 10;

/**
 * Figures of experiments over time, in lines of what can be compared: another config, target, host or Postgres is another line, the longest first;
 * another version of the engine, another commit or another orchlab is what a change may come from.
 *
 * Changes of level are found by `historyChanges` (Hunter, as apache-otava has it), each figure by itself. Those that did not end as done, or are
 * damaged, are left out; points of the same experiment count once. Throws a RangeError for a figure that there is none of.
 */
export function historyOf(of: readonly (Experiment | HistoryPoint)[], options: HistoryOptions = {}): readonly HistoryLine[] {
  const points = of.flatMap((each) => ('manifest' in each ? historyPoints([each]) : each));
  const known = [...new Map(points.map((point) => [`${point.atMs} ${point.experiment}`, point])).values()].toSorted(
    (a, b) => a.atMs - b.atMs,
  );
  const figures = (options.figures ?? comparedFigures([]).map(({ name }) => name)).map((name) => findFigureIn(name, known));
  const { minChange = 0, maxP = 0.001 / figures.length } = options;
  const lines = Map.groupBy(known, ({ configHash, target, host, postgres }) => JSON.stringify([configHash, target, host, postgres]));
  return [...lines.values()]
    .map((members): HistoryLine => {
      const { config, configHash, target, host, postgres } = members.at(-1)!;
      return {
        setup: { config, configHash, target, host, postgres },
        points: members,
        figures: figures.map((figure) => figureHistory(figure, members, { minRatio: minChange, maxP })),
      };
    })
    .toSorted((a, b) => b.points.length - a.points.length);
}

/** Also one of a target's further roles, which only some experiments have. */
function findFigureIn(name: string, points: readonly HistoryPoint[]): Figure {
  const known = catalogue.find((figure) => figure.name === name);
  if (known) return known;
  if (points.some(({ figures }) => name in figures)) {
    const [role = '', figure = ''] = name.split('.');
    const alike = catalogue.find((each) => each.name === `scheduler.${figure}`);
    if (alike) return { ...alike, name, title: alike.title.replace('scheduler', role) };
  }
  return findFigure(name);
}

function figureHistory(
  { name, title, unit, better }: Figure,
  points: readonly HistoryPoint[],
  options: { readonly minRatio: number; readonly maxP: number },
): FigureHistory {
  const values = points.map(({ figures }) => figures[name] ?? Number.NaN);
  const known = values.flatMap((value, point) => (Number.isNaN(value) ? [] : [point]));
  const found = historyChanges(
    known.map((point) => values[point]!),
    options,
  );
  const changes = found.map(({ index, p, meanBefore, meanAfter }, position): FigureChange => {
    const point = known[index]!;
    const isBetter = better === undefined ? undefined : meanAfter > meanBefore === (better === 'more');
    return {
      point,
      p,
      meanBefore,
      meanAfter,
      countBefore: index - (found[position - 1]?.index ?? 0),
      countAfter: (found[position + 1]?.index ?? known.length) - index,
      outcome: isBetter === undefined ? 'neither' : isBetter ? 'better' : 'worse',
      differences: differencesOf(points[known[index - 1]!]!, points[point]!),
    };
  });
  const since = changes.at(-1)?.point ?? 0;
  return { name, title, unit, ...(better && { better }), values, changes, now: median(values.slice(since)) ?? Number.NaN };
}

const causes = { version: 'engine version', program: 'program', commit: 'commit', orchlab: 'orchlab' } as const satisfies Partial<
  Record<keyof HistoryPoint, string>
>;

function differencesOf(before: HistoryPoint, after: HistoryPoint): FigureChange['differences'] {
  return (Object.keys(causes) as (keyof typeof causes)[])
    .filter((key) => before[key] !== after[key])
    .map((key) => ({ what: causes[key], before: before[key], after: after[key] }));
}
