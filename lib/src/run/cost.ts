import type { PerfConfig } from '../config/perf-config.ts';
import type { Series } from '../results/series.ts';
import { planCost } from './cost-plan.ts';
import { openProgressView } from './progress-view.ts';
import { type RunSeriesOptions, runSeries } from './run-series.ts';
import { newSeed } from './sweep.ts';

export interface MeasureCostOptions extends RunSeriesOptions {
  /** Rounds of two experiments each. Default 3. */
  readonly rounds?: number;
  /** Saved with the series. Default: a random one. */
  readonly seed?: number;
}

/**
 * Measures what a queue costs in the database that it is in, with a config that has an idle phase and a bystander (perf-configs/cost.yaml): in
 * each round one experiment without the bystander, for the cost of a task and of idle schedulers, and one with it. Resolves with the series, of which `costOf`
 * makes the card.
 *
 * Rejects as `runSeries` does, and with a RangeError for a config without `idle` or `bystander`.
 */
export async function measureCost(config: PerfConfig, options: MeasureCostOptions = {}): Promise<Series> {
  const { rounds = 3, seed = newSeed(), ...others } = options;
  return runSeries(planCost(config, { rounds, seed }), openProgressView(others.onProgress), others);
}
