import { randomInt } from 'node:crypto';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Series } from '../results/series.ts';
import { openProgressView } from './progress-view.ts';
import { type RunSeriesOptions, runSeries } from './run-series.ts';
import { type Vary, planSweep } from './sweep-plan.ts';

export interface SweepOptions extends RunSeriesOptions {
  /** The values of each setting, by its dotted name: `{ target: ['pg-boss', 'dbos'], 'scheduler.processes': [1, 2, 4] }`. */
  readonly vary: Vary;
  /** How often each combination is run. Default 3: fewer have no interval. */
  readonly repeat?: number;
  /** What the order of the experiments follows from. Default: a random one, which series.json tells. */
  readonly seed?: number;
}

/**
 * Runs a config with all combinations of some settings, `repeat` times, and resolves with the series: `sweepTable` and `plotSweep` show
 * what came of it.
 *
 * Every round has each combination once, in a random order of its own: what changes on the machine meanwhile (its heat, a full disk)
 * changes it for all of them, and is no effect of any setting. All are checked before the first is run. Rejects as `runSeries` does: with
 * an InterruptedError when it is interrupted, and `resumeSeries` goes on with it.
 */
export async function sweep(config: PerfConfig, { vary, repeat = 3, seed = newSeed(), ...options }: SweepOptions): Promise<Series> {
  const plan = planSweep(config, { vary, repeat, seed });
  return runSeries(plan, openProgressView(options.onProgress), options);
}

export function newSeed(): number {
  return randomInt(2 ** 31);
}
