import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { summaryOf } from './saved-summary.ts';

/**
 * The name of the figure that experiments are told by first: throughput, or where runs come by a schedule, and the engine doesn't set the
 * pace, response time (its p99, its p50 where too few tasks were run for that in any of them).
 */
export function headlineFigureName(experiments: readonly Experiment[]): string {
  const [first] = experiments;
  if (first === undefined || !isScheduled(first.manifest.config)) return 'throughput.tasksPerSecond';
  const isKnown = (name: string): boolean =>
    experiments.some((experiment) => Number.isFinite(summaryOf(experiment).figures[name] ?? Number.NaN));
  return isKnown('response.p99') ? 'response.p99' : 'response.p50';
}

function isScheduled({ arrival }: PerfConfig): boolean {
  return arrival !== 'burst' && !('closed' in arrival);
}
