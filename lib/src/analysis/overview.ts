import { type ColumnTable, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { findFigure } from './figures.ts';
import { summaryOf } from './saved-summary.ts';
import type { Summary } from './summary.ts';

/** What is told of each experiment beside its figures. */
const facts = {
  config: (summary) => summary.config,
  target: (summary) => summary.target.name,
  status: (summary) => (summary.damage === null ? summary.status : `${summary.status}, damaged`),
} as const satisfies Readonly<Record<string, (summary: Summary) => string>>;

/** The columns of `overview` that are figures. */
const figureColumns: Readonly<Record<string, string>> = {
  runs: 'runs.submitted',
  tasks: 'tasks.submitted',
  finished: 'tasks.finished',
  tasksPerSecond: 'throughput.tasksPerSecond',
  responseP50Seconds: 'response.p50',
  responseP99Seconds: 'response.p99',
  waitP50Seconds: 'wait.p50',
  schedulerRssBytesPeak: 'scheduler.rssBytesPeak',
  schedulerCpuSeconds: 'scheduler.cpuSeconds',
  workersCpuSeconds: 'workers.cpuSeconds',
};

/**
 * Experiments side by side, one row each in the order given: what was run, how it ended, and its main figures.
 *
 * Columns: config, target, status, runs, tasks, finished, tasksPerSecond, responseP50Seconds, responseP99Seconds, waitP50Seconds,
 * schedulerRssBytesPeak, schedulerCpuSeconds, workersCpuSeconds; NaN for what is not known. Read from the saved summaries where there are some.
 */
export function overview(experiments: readonly Experiment[]): ColumnTable {
  return overviewOf(experiments.map(summaryOf));
}

/** `overview` of what `summarize` returned. */
export function overviewOf(summaries: readonly Summary[]): ColumnTable {
  const text = Object.entries(facts).map(([column, fact]) => [column, summaries.map(fact)]);
  const numbers = Object.entries(figureColumns).map(([column, name]) => [
    column,
    Float64Array.from(summaries, (summary) => summary.figures[findFigure(name).name] ?? Number.NaN),
  ]);
  return table(Object.fromEntries([...text, ...numbers]));
}
