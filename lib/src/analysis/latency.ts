import { type ColumnTable, from } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { phases } from '../results/phases.ts';
import { phaseDistribution } from './task-phases.ts';

/**
 * How long tasks took, one row a phase: submission (due to created), wait (created to dispatched), dispatch (dispatched to started),
 * execution (started to finished), latency (created to finished) and response time (due to finished). In a closed loop, where a run is due
 * when another has ended, submission and response time count from when it was sent.
 *
 * Response time has in it what latency hides: when driver or target stall, runs are submitted late, and the engine sees only what was
 * submitted ("coordinated omission", G. Tene).
 *
 * Columns: phase, count, avgSeconds, minSeconds, p50Seconds, p90Seconds, p99Seconds, p999Seconds, maxSeconds; NaN where no task has
 * both times. Only finished tasks of runs after the warm-up count. Percentiles: see `distribution`.
 */
export function latency(experiment: Experiment): ColumnTable {
  return from(
    phases.map((phase) => {
      const figures = phaseDistribution(experiment, phase.name);
      return {
        phase: phase.title,
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
