import { type ColumnTable, table } from 'arquero';
import { quantileSorted } from 'd3-array';
import { isDeepStrictEqual } from 'node:util';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { sortNumbers } from './distribution.ts';
import { summarize } from './summarize.ts';
import type { Summary } from './summary.ts';

/** A figure that targets are compared by. */
export interface ComparedFigure {
  readonly title: string;
  readonly unit: string;
  /** Which end is good. */
  readonly better: 'more' | 'less';
  /** NaN when it is not known. */
  value(summary: Summary): number;
}

const comparedFigures: readonly ComparedFigure[] = [
  { title: 'throughput', unit: 'tasks/s', better: 'more', value: ({ throughput }) => known(throughput.tasksPerSecond) },
  { title: 'latency p50', unit: 's', better: 'less', value: ({ latencySeconds }) => known(latencySeconds.p50) },
  { title: 'latency p99', unit: 's', better: 'less', value: ({ latencySeconds }) => known(latencySeconds.p99) },
  {
    title: 'scheduler CPU',
    unit: 'ms a task',
    better: 'less',
    value: ({ scheduler, tasks }) => perTask(scheduler.cpuSeconds, tasks.finished),
  },
  {
    title: 'Postgres CPU',
    unit: 'ms a task',
    better: 'less',
    value: ({ postgres, tasks }) => perTask(postgres.cpuSeconds, tasks.finished),
  },
  { title: 'scheduler RSS peak', unit: 'MB', better: 'less', value: ({ scheduler }) => known(scheduler.rssBytesPeak) / 1e6 },
];

/** What a further role of a target's processes takes; not known of targets that have none. */
function roleFigures(role: string): readonly ComparedFigure[] {
  return [
    {
      title: `${role} CPU`,
      unit: 'ms a task',
      better: 'less',
      value: ({ roles, tasks }) => perTask(roles[role]?.cpuSeconds ?? null, tasks.finished),
    },
    { title: `${role} RSS peak`, unit: 'MB', better: 'less', value: ({ roles }) => known(roles[role]?.rssBytesPeak ?? null) / 1e6 },
  ];
}

/** What the experiments of one target came to in one figure. */
export interface TargetFigure {
  readonly figure: ComparedFigure;
  readonly target: string;
  /** One value an experiment that ended as done, sorted. */
  readonly values: readonly number[];
  readonly median: number;
}

/**
 * The figures of every target, targets in the order in which they first come. Experiments that did not end as done are left out.
 *
 * Throws a RangeError when a target has experiments of different configs.
 */
export function targetFigures(experiments: readonly Experiment[]): readonly TargetFigure[] {
  refuseMixedConfigs(experiments);
  const byTarget = new Map<string, Summary[]>();
  for (const experiment of experiments) {
    const { name } = experiment.manifest.target;
    const summaries = byTarget.get(name) ?? [];
    byTarget.set(name, summaries);
    if (experiment.manifest.status === 'done') summaries.push(summarize(experiment));
  }
  const roles = [...new Set([...byTarget.values()].flatMap((summaries) => summaries.flatMap((summary) => Object.keys(summary.roles))))];
  return [...comparedFigures, ...roles.flatMap(roleFigures)].flatMap((figure) =>
    [...byTarget].map(([target, summaries]) => {
      const values = sortNumbers(summaries.map((summary) => figure.value(summary)));
      return { figure, target, values: [...values], median: quantileSorted(values, 0.5) ?? Number.NaN };
    }),
  );
}

/**
 * Targets side by side: for each figure and target the median, minimum and maximum over its experiments.
 *
 * Columns: figure (with its unit), target, experiments (how many were counted), median, min, max. The range is what was seen,
 * no interval of confidence: with three experiments it says how far they were apart, not where a fourth would be. Experiments of one
 * target are repetitions: throws a RangeError when their configs differ in more than their name and the seed of random arrivals.
 */
export function compareTargets(experiments: readonly Experiment[]): ColumnTable {
  const rows = targetFigures(experiments);
  return table({
    figure: rows.map(({ figure }) => `${figure.title} (${figure.unit})`),
    target: rows.map(({ target }) => target),
    experiments: rows.map(({ values }) => values.length),
    median: rows.map(({ median }) => median),
    min: rows.map(({ values }) => values[0] ?? Number.NaN),
    max: rows.map(({ values }) => values.at(-1) ?? Number.NaN),
  });
}

/** A median over different loads would be one of nothing. */
function refuseMixedConfigs(experiments: readonly Experiment[]): void {
  const configs = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { manifest } of experiments) {
    const { name } = manifest.target;
    const config = repeated(manifest.config);
    const first = configs.get(name) ?? config;
    configs.set(name, first);
    const differing = Object.keys({ ...first, ...config }).filter((key) => !isDeepStrictEqual(first[key], config[key]));
    if (differing.length > 0)
      throw new RangeError(
        `comparison: expected experiments of the same config for each target, got some of ${name} that differ in ${differing.join(', ')} (overview takes any)`,
      );
  }
}

/** What the repetitions of an experiment have in common. */
function repeated({ name: _name, arrival, ...rest }: PerfConfig): Readonly<Record<string, unknown>> {
  return { ...rest, arrival: typeof arrival === 'object' && 'poisson' in arrival ? { ...arrival, seed: undefined } : arrival };
}

function perTask(seconds: number | null, tasks: number): number {
  return tasks > 0 ? (known(seconds) * 1000) / tasks : Number.NaN;
}

function known(value: number | null): number {
  return value ?? Number.NaN;
}
