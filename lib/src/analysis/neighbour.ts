import type { Experiment } from '../results/experiment.ts';
import type { Series } from '../results/series.ts';
import type { Estimate } from '../statistics/estimate.ts';
import { medianInterval } from '../statistics/quantile-interval.ts';
import { isCounted } from './comparable-groups.ts';
import type { FigureUnit } from './figure-units.ts';
import { summaryOf } from './saved-summary.ts';

/** One figure of the victim, alone and beside the others. Estimates are medians of the rounds with their interval of order statistics (`medianInterval`). */
export interface NeighbourLine {
  /** For instance `response.p99`. */
  readonly name: string;
  readonly title: string;
  readonly unit: FigureUnit;
  readonly alone: Estimate;
  readonly beside: Estimate;
  /** Beside less alone, of the same round. */
  readonly difference: Estimate;
  /** Beside over alone, of the same round. */
  readonly ratio: Estimate;
  /** Of each round that has both. */
  readonly rounds: readonly { readonly round: number; readonly alone: number; readonly beside: number }[];
}

/** What a workflow has of those beside it. */
export interface Neighbour {
  readonly victim: string;
  readonly neighbours: readonly string[];
  readonly target: string;
  readonly version: string;
  readonly lines: readonly NeighbourLine[];
}

const sources: readonly Pick<NeighbourLine, 'name' | 'title' | 'unit'>[] = [
  { name: 'response.p50', title: 'response time p50', unit: 'seconds' },
  { name: 'response.p90', title: 'response time p90', unit: 'seconds' },
  { name: 'response.p99', title: 'response time p99', unit: 'seconds' },
  { name: 'response.max', title: 'response time max', unit: 'seconds' },
  { name: 'wait.p50', title: 'wait p50', unit: 'seconds' },
  { name: 'wait.p99', title: 'wait p99', unit: 'seconds' },
];

/**
 * What the victim of a series of `neighbour` has of the other workflows, also of one that is under way: a line each for percentiles of its response time and
 * its wait, of the rounds in which both experiments ended as done. The round is the unit, not the task; the interval is of the median of the rounds, and their
 * range with fewer than six.
 *
 * Throws a RangeError when `series` is none of `neighbour`.
 */
export function neighbourOf(series: Series): Neighbour {
  const { record } = series;
  if (record.kind !== 'neighbour') throw new RangeError(`neighbourOf: expected a series of neighbour, got ${record.kind} ${series.name}`);
  const victim = String(record.request['victim']);
  const rounds = new Map<number, { alone?: Experiment; beside?: Experiment }>();
  for (const { key, round, experiment } of series.steps)
    if (experiment && isCounted(experiment)) rounds.set(round, { ...rounds.get(round), [key]: experiment });
  const paired = [...rounds].flatMap(([round, { alone, beside }]) => (alone && beside ? [{ round, alone, beside }] : []));
  const [first] = paired;
  return {
    victim,
    neighbours: first
      ? summaryOf(first.beside)
          .workflows.map(({ name }) => name)
          .filter((name) => name !== victim)
      : [],
    target: first?.beside.manifest.target.name ?? '',
    version: first?.beside.manifest.target.version ?? '',
    lines: sources.flatMap((source) => {
      const figure = (experiment: Experiment): number => summaryOf(experiment).figures[`workflow.${victim}.${source.name}`] ?? Number.NaN;
      const values = paired
        .map(({ round, alone, beside }) => ({ round, alone: figure(alone), beside: figure(beside) }))
        .filter(({ alone, beside }) => !Number.isNaN(alone) && !Number.isNaN(beside));
      return values.length === 0 ? [] : [lineOf(source, values)];
    }),
  };
}

function lineOf(source: (typeof sources)[number], rounds: NeighbourLine['rounds']): NeighbourLine {
  return {
    ...source,
    alone: medianInterval(rounds.map(({ alone }) => alone)),
    beside: medianInterval(rounds.map(({ beside }) => beside)),
    difference: medianInterval(rounds.map(({ alone, beside }) => beside - alone)),
    ratio: medianInterval(rounds.map(({ alone, beside }) => beside / alone)),
    rounds,
  };
}
