import { type ColumnTable, from } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { distribution } from './distribution.ts';
import { phaseColumn, phases, taskPhases } from './task-phases.ts';

/**
 * How long tasks took, one row a phase: wait (created to dispatched), dispatch (dispatched to started), execution (started to
 * finished) and latency (created to finished), which is the whole and comes last.
 *
 * Columns: phase, count, avgSeconds, minSeconds, p50Seconds, p90Seconds, p99Seconds, p999Seconds, maxSeconds; NaN where no task has
 * both times. Only finished tasks count. Percentiles: see `distribution`.
 */
export function latency(experiment: Experiment): ColumnTable {
  const tasks = taskPhases(experiment);
  return from(
    phases.map((phase) => {
      const figures = distribution(numberColumn(tasks, phaseColumn(phase.name)));
      return {
        phase: phase.name,
        count: figures.count,
        avgSeconds: figures.avg,
        minSeconds: figures.min,
        p50Seconds: figures.p50,
        p90Seconds: figures.p90,
        p99Seconds: figures.p99,
        p999Seconds: figures.p999,
        maxSeconds: figures.max,
      };
    }),
  );
}
