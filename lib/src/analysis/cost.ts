import { type ColumnTable, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import type { Series } from '../results/series.ts';
import type { Estimate } from '../statistics/estimate.ts';
import { medianInterval } from '../statistics/quantile-interval.ts';
import { isCounted } from './comparable-groups.ts';
import { type FigureUnit, shownUnits } from './figure-units.ts';
import { findFigure } from './figures.ts';
import { summaryOf } from './saved-summary.ts';

/** One line of the card: what something costs. */
export interface CostLine {
  readonly group: CostGroup;
  readonly name: string;
  readonly title: string;
  readonly unit: FigureUnit;
  /** Median of the rounds, in the unit; `low` to `high` is the interval of order statistics for it, their range with fewer than 6 rounds. */
  readonly cost: Estimate;
  /** Of each round. */
  readonly values: readonly number[];
}

/** What a queue costs the database that it is in. */
export interface CostCard {
  readonly target: string;
  readonly version: string;
  /** Rounds of which there is a value. */
  readonly rounds: number;
  /** Runs a second and tasks of each, of the load under which a task was measured; NaN where it came in another way than at a constant rate. */
  readonly tasksPerSecond: number;
  readonly lines: readonly CostLine[];
}

export const costGroups = {
  task: 'A task',
  idle: 'Idle, a day',
  growth: 'Ten million ended tasks',
  bystander: 'A bystander in the same database',
} as const;
export type CostGroup = keyof typeof costGroups;

interface CostSource {
  readonly group: CostGroup;
  readonly title: string;
  /** Of the catalogue. */
  readonly figure: string;
  readonly of: 'queue' | 'bystander';
  /** What it is multiplied by, and then counted in. Default: as it is. */
  readonly times?: { readonly factor: number; readonly unit: FigureUnit };
}

const daySeconds = 86_400;
const tenMillion = 1e7;

const sources: readonly CostSource[] = [
  { group: 'task', title: 'commits', figure: 'database.commitsPerTask', of: 'queue' },
  { group: 'task', title: 'WAL', figure: 'database.walBytesPerTask', of: 'queue' },
  { group: 'task', title: 'CPU of Postgres', figure: 'postgres.cpuPerTask', of: 'queue' },
  { group: 'task', title: 'CPU of the schedulers', figure: 'scheduler.cpuPerTask', of: 'queue' },
  { group: 'task', title: 'growth of the tables', figure: 'tables.bytesPerTask', of: 'queue' },
  { group: 'idle', title: 'transactions', figure: 'idle.transactionsPerSecond', of: 'queue', times: { factor: daySeconds, unit: 'count' } },
  { group: 'idle', title: 'WAL', figure: 'idle.walBytesPerSecond', of: 'queue', times: { factor: daySeconds, unit: 'bytes' } },
  { group: 'idle', title: 'CPU of Postgres', figure: 'postgres.idleCpuRatio', of: 'queue', times: { factor: daySeconds, unit: 'seconds' } },
  {
    group: 'idle',
    title: 'CPU of the schedulers',
    figure: 'scheduler.idleCpuRatio',
    of: 'queue',
    times: { factor: daySeconds, unit: 'seconds' },
  },
  { group: 'growth', title: 'tables', figure: 'tables.bytesPerTask', of: 'queue', times: { factor: tenMillion, unit: 'bytes' } },
  { group: 'bystander', title: 'p99 alone', figure: 'bystanderAlone.p99', of: 'bystander' },
  { group: 'bystander', title: 'p99 beside the idle engine', figure: 'bystanderIdle.p99', of: 'bystander' },
  { group: 'bystander', title: 'p99 beside the load', figure: 'bystander.p99', of: 'bystander' },
  { group: 'bystander', title: 'p99 beside the load over alone', figure: 'bystander.p99Ratio', of: 'bystander' },
];

/**
 * What a queue costs in the database, from a series of `cost`, also one that is under way: a line each for what a task takes, what idle schedulers
 * take in a day, what ten million ended tasks leave (drawn out from those of the load: no bloat, no vacuum of later is in it), and what a
 * bystander has of it. Only experiments that ended as done count; a figure that is not known has no line.
 *
 * Throws a RangeError when `series` is none of `cost`.
 */
export function costOf(series: Series): CostCard {
  if (series.record.kind !== 'cost') throw new RangeError(`costOf: expected a series of cost, got ${series.record.kind} ${series.name}`);
  const counted = (key: string): readonly Experiment[] =>
    series.steps.flatMap((step) => (step.key === key && step.experiment && isCounted(step.experiment) ? [step.experiment] : []));
  const of = { queue: counted('queue'), bystander: counted('bystander') };
  const [first] = [...of.queue, ...of.bystander];
  return {
    target: first?.manifest.target.name ?? '',
    version: first?.manifest.target.version ?? '',
    rounds: Math.max(of.queue.length, of.bystander.length),
    tasksPerSecond: first ? offeredRate(first) : Number.NaN,
    lines: sources.flatMap((source) => lineOf(source, of[source.of])),
  };
}

function lineOf({ group, title, figure, times }: CostSource, experiments: readonly Experiment[]): readonly CostLine[] {
  const { unit } = findFigure(figure);
  const values = experiments
    .map((experiment) => (summaryOf(experiment).figures[figure] ?? Number.NaN) * (times?.factor ?? 1))
    .filter((value) => !Number.isNaN(value));
  if (values.length === 0) return [];
  return [{ group, name: figure, title, unit: times?.unit ?? unit, cost: medianInterval(values), values }];
}

function offeredRate({ manifest: { config } }: Experiment): number {
  const { arrival } = config;
  return typeof arrival === 'object' && 'constant' in arrival ? arrival.constant * config.tasks_per_workflow : Number.NaN;
}

/** In which unit a line is shown where numbers stand side by side: of few digits. */
export function shownCost({ group, unit }: Pick<CostLine, 'group' | 'unit'>): { readonly symbol: string; readonly divisor: number } {
  if (group === 'bystander' && unit === 'seconds') return { symbol: 'ms', divisor: 1e-3 };
  if (group === 'growth') return { symbol: 'GB', divisor: 1e9 };
  if (unit === 'count') return { symbol: 'million', divisor: 1e6 };
  if (unit === 'perTask') return { symbol: 'commits', divisor: 1 };
  return shownUnits[unit];
}

/**
 * The cards of several series of `cost` as one table: one row a target and line.
 *
 * Columns: target; group; cost (what is counted); unit; rounds; median, low, high, in the unit of the row. Throws a RangeError where one of them is no series of `cost`.
 */
export function costTable(series: readonly Series[]): ColumnTable {
  const rows = series.flatMap((each) => {
    const { target, lines } = costOf(each);
    return lines.map((line) => ({ target, ...line, ...shownCost(line) }));
  });
  return table({
    target: rows.map(({ target }) => target),
    group: rows.map(({ group }) => costGroups[group]),
    cost: rows.map(({ title }) => title),
    unit: rows.map(({ symbol }) => symbol),
    rounds: rows.map(({ values }) => values.length),
    median: rows.map(({ cost, divisor }) => cost.value / divisor),
    low: rows.map(({ cost, divisor }) => cost.low / divisor),
    high: rows.map(({ cost, divisor }) => cost.high / divisor),
  });
}
