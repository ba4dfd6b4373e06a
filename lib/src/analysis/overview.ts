import { type ColumnTable, from, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { summarize } from './summarize.ts';
import type { Summary } from './summary.ts';

/** The columns of `overview`, each a figure of the summary. */
const columns = {
  config: (summary) => summary.config,
  target: (summary) => summary.target.name,
  status: (summary) => (summary.damage === null ? summary.status : `${summary.status}, damaged`),
  runs: (summary) => summary.runs.submitted,
  tasks: (summary) => summary.tasks.submitted,
  finished: (summary) => summary.tasks.finished,
  tasksPerSecond: (summary) => summary.throughput.tasksPerSecond,
  responseP50Seconds: (summary) => summary.responseSeconds.p50,
  responseP99Seconds: (summary) => summary.responseSeconds.p99,
  waitP50Seconds: (summary) => summary.waitSeconds.p50,
  schedulerRssBytesPeak: (summary) => summary.scheduler.rssBytesPeak,
  schedulerCpuSeconds: (summary) => summary.scheduler.cpuSeconds,
  workersCpuSeconds: (summary) => summary.workers.cpuSeconds,
} as const satisfies Readonly<Record<string, (summary: Summary) => string | number | null>>;

/**
 * Experiments side by side, one row each in the order given: what was run, how it ended, and its main figures.
 *
 * Columns: config, target, status, runs, tasks, finished, tasksPerSecond, responseP50Seconds, responseP99Seconds, waitP50Seconds,
 * schedulerRssBytesPeak, schedulerCpuSeconds, workersCpuSeconds; NaN for what is not known.
 */
export function overview(experiments: readonly Experiment[]): ColumnTable {
  return overviewOf(experiments.map(summarize));
}

/** `overview` of what `summarize` returned. */
export function overviewOf(summaries: readonly Summary[]): ColumnTable {
  if (summaries.length === 0) return table(Object.fromEntries(Object.keys(columns).map((name) => [name, []])));
  const figures = Object.entries(columns);
  return from(summaries.map((summary) => Object.fromEntries(figures.map(([name, figure]) => [name, figure(summary) ?? Number.NaN]))));
}
