import type { PerfConfig } from '../config/perf-config.ts';
import type { Series } from '../results/series.ts';
import { type BenchRequest, type BenchSide, planBench } from './bench-plan.ts';
import { openProgressView } from './progress-view.ts';
import { type RunSeriesOptions, runSeries } from './run-series.ts';
import { newSeed } from './sweep.ts';

export interface BenchOptions extends RunSeriesOptions, Partial<BenchRequest> {}

/**
 * Runs two configs in pairs, to compare them: rounds of one experiment of each, in a random order of its own, so that what changes on the
 * machine meanwhile changes it for both. Resolves with the series; `compareExperiments` of its two sides (`benchSides`) says which is faster.
 *
 * `rounds` of them (default 10), or with `until` (0.05: the ratio of B to A is known to 5 % to each side) from that many to `maxRounds`
 * (default 40). It ends by the width of the interval, never by what it says: `roundsRatio` says why. Both are checked before anything is run.
 * Rejects as `runSeries` does, and with a RangeError for a figure that there is none of; `resumeSeries` goes on with what was interrupted.
 */
export async function bench(a: PerfConfig | BenchSide, b: PerfConfig | BenchSide, options: BenchOptions = {}): Promise<Series> {
  const { rounds = 10, until, maxRounds = Math.max(40, rounds), figures, seed = newSeed(), ...others } = options;
  const plan = planBench(sideOf(a), sideOf(b), { rounds, until, maxRounds, figures, seed });
  return runSeries(plan, openProgressView(others.onProgress), others);
}

function sideOf(side: PerfConfig | BenchSide): BenchSide {
  return 'config' in side ? side : { config: side };
}
