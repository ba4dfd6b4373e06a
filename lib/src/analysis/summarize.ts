import { taskTotal } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';
import { distribution } from './distribution.ts';
import { ledger } from './ledger.ts';
import { resourceFigures } from './resources.ts';
import { samplingFigures } from './sampling-gaps.ts';
import type { Summary, SummaryOf } from './summary.ts';
import { type PhaseName, phaseColumn, taskPhases } from './task-phases.ts';
import { throughputFigures } from './throughput-figures.ts';

/** An experiment in figures; never throws for want of data: what is not known is null. */
export function summarize(experiment: Experiment): Summary {
  const { manifest } = experiment;
  const { config, target, status, reason, warnings } = manifest;
  const { durationSeconds, ...throughput } = throughputFigures(experiment);
  const tasks = taskPhases(experiment);
  const phase = (name: PhaseName): Summary['latencySeconds'] => {
    const { count: _, ...figures } = distribution(numberColumn(tasks, phaseColumn(name)));
    return withNulls(figures);
  };
  const runStatuses = textColumn(experiment.runs, 'status');
  const runsWith = (wanted: string): number => runStatuses.filter((runStatus) => runStatus === wanted).length;
  return {
    name: experiment.name,
    config: config.name,
    target: { name: target.name, version: target.version },
    status,
    ...(reason !== undefined && { reason }),
    warnings,
    runs: { planned: config.workflows, submitted: runsWith('submitted'), rejected: runsWith('rejected'), dropped: runsWith('dropped') },
    tasksPerRun: config.tasks_per_workflow,
    taskDurationSeconds: config.duration,
    tasks: { planned: taskTotal(config), ...ledger(experiment) },
    latencySeconds: phase('latency'),
    waitSeconds: phase('wait'),
    dispatchSeconds: phase('dispatch'),
    executionSeconds: phase('execution'),
    throughput: withNulls(throughput),
    durationSeconds: orNull(durationSeconds),
    scheduler: withNulls(resourceFigures(experiment, 'scheduler')),
    workers: withNulls(resourceFigures(experiment, 'workers')),
    postgres: withNulls(resourceFigures(experiment, 'postgres')),
    driver: withNulls(resourceFigures(experiment, 'driver')),
    sampler: withNulls(resourceFigures(experiment, 'sampler')),
    sampling: withNulls(samplingFigures(experiment)),
    clock: manifest.clock ?? null,
    directory: experiment.directory,
  };
}

/** Numbers that are not known (NaN, or infinite for want of time) as null: JSON has no other word for them. */
function withNulls<T extends object>(figures: T): SummaryOf<T> {
  const entries = Object.entries(figures).map(([key, value]) => [
    key,
    typeof value === 'number' ? orNull(value) : withNulls(value as object),
  ]);
  return Object.fromEntries(entries) as SummaryOf<T>;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
