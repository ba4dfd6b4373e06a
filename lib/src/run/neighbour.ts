import type { PerfConfig } from '../config/perf-config.ts';
import type { Series } from '../results/series.ts';
import { planNeighbour } from './neighbour-plan.ts';
import { openProgressView } from './progress-view.ts';
import { type RunSeriesOptions, runSeries } from './run-series.ts';
import { newSeed } from './sweep.ts';

export interface MeasureNeighbourOptions extends RunSeriesOptions {
  /** Name of the workflow that may suffer. */
  readonly victim: string;
  /** Rounds of two experiments each. Default 6: the least of which there is an interval at 95 %. */
  readonly rounds?: number;
  /** Saved with the series. Default: a random one. */
  readonly seed?: number;
}

/**
 * Measures what one of a config's workflows has of the others (perf-configs/mixed.yaml): in each round one experiment with it alone, and one with all of
 * them. Resolves with the series, of which `neighbourOf` makes the finding.
 *
 * Rejects as `runSeries` does, and with a ConfigError for a config without that workflow, or without another.
 */
export async function measureNeighbour(config: PerfConfig, options: MeasureNeighbourOptions): Promise<Series> {
  const { victim, rounds = 6, seed = newSeed(), ...others } = options;
  return runSeries(planNeighbour(config, { victim, rounds, seed }), openProgressView(others.onProgress), others);
}
