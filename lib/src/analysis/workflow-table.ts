import { table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import type { FigureTable } from './figure-tables.ts';
import { summaryOf } from './saved-summary.ts';
import type { Summary } from './summary.ts';

/** What all workflows did together stands in this row. */
const together = 'together';

/**
 * What came of each workflow of an experiment, one row each, and of all together in the last one; only that of a config that lists none.
 *
 * Columns: workflow, priority, tasksPerRun, submitted, finished, lost; tasksPerSecond, which add up; responseP50Seconds, responseP99Seconds, waitP99Seconds
 * (NaN where there are too few tasks to say) and runningMost, its tasks that ran at once at most; concurrencyBreachSeconds and rateBreachSeconds, how long
 * its limits were not kept, NaN without.
 */
export function workflowTable(experiment: Experiment): FigureTable<'workflowTable'> {
  return workflowTableOf(summaryOf(experiment));
}

/** The same of a summary. */
export function workflowTableOf({
  workflows,
  tasksPerRun,
  figures,
}: Pick<Summary, 'workflows' | 'tasksPerRun' | 'figures'>): FigureTable<'workflowTable'> {
  const figure = (name: string): number => figures[name] ?? Number.NaN;
  const common = {
    submitted: 'tasks.submitted',
    finished: 'tasks.finished',
    lost: 'tasks.lost',
    responseP50Seconds: 'response.p50',
    responseP99Seconds: 'response.p99',
    waitP99Seconds: 'wait.p99',
  };
  const own = {
    tasksPerSecond: 'tasksPerSecond',
    runningMost: 'running.max',
    concurrencyBreachSeconds: 'concurrency.breach',
    rateBreachSeconds: 'rate.breach',
  };
  const column = (name: string, ofAll: number): Float64Array =>
    Float64Array.from([...workflows.map((each) => figure(`workflow.${each.name}.${name}`)), ofAll]);
  return table({
    workflow: [...workflows.map(({ name }) => name), together],
    priority: Float64Array.from([...workflows.map(({ priority }) => priority), Number.NaN]),
    tasksPerRun: Float64Array.from([...workflows.map((each) => each.tasksPerRun), tasksPerRun]),
    ...Object.fromEntries(Object.entries(common).map(([key, name]) => [key, column(name, figure(name))])),
    ...Object.fromEntries(
      Object.entries(own).map(([key, name]) => [
        key,
        column(name, key === 'tasksPerSecond' ? figure('throughput.tasksPerSecond') : Number.NaN),
      ]),
    ),
  }) as FigureTable<'workflowTable'>;
}
