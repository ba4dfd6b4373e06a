import type { PerfConfig } from '../config/perf-config.ts';
import type { Series } from '../results/series.ts';
import { type CapacityRequest, planCapacity } from './capacity-series.ts';
import { openProgressView } from './progress-view.ts';
import { type RunSeriesOptions, runSeries } from './run-series.ts';
import { newSeed } from './sweep.ts';

export interface FindCapacityOptions extends RunSeriesOptions, Omit<CapacityRequest, 'seed'> {
  /** What random arrivals follow from. Default: a random one, which series.json tells. */
  readonly seed?: number;
}

/**
 * Searches for the highest rate of runs at which the target keeps an objective (`{ objective: ['response.p99 < 500 ms', 'tasks.lost = 0'] }`)
 * and keeps up with the load, and resolves with the series: `capacityOf` has the answer, `plotCapacity` its picture.
 *
 * Rates are doubled until one is missed, then narrowed down, again and again near the edge, and a run three times as long confirms the answer
 * (`nextCapacityProbe`). A probe that the driver or the host limited says nothing and is tried again. Rejects as `runSeries` does: with
 * an InterruptedError when it is interrupted, and `resumeSeries` goes on with it.
 */
export async function findCapacity(config: PerfConfig, options: FindCapacityOptions): Promise<Series> {
  const { objective, start, seconds, resolution, mostProbes, seed = newSeed(), ...running } = options;
  const plan = planCapacity(config, { objective, start, seconds, resolution, mostProbes, seed });
  return runSeries(plan, openProgressView(running.onProgress), running);
}
