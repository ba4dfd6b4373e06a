import type { Experiment } from '../results/experiment.ts';
import { arrival } from './arrival.ts';
import { loadSpan } from './load-span.ts';
import { perExperimentAnd } from './per-experiment.ts';
import { type Role, roleSeries } from './role-series.ts';
import { type Growth, type GrowthOptions, growthOf } from './series-growth.ts';
import { steadyState } from './steady-state.ts';

/** In the first part of a load heap, caches and pools of connections fill up: that is no leak. */
const leftOutRatio = 1 / 3;

/**
 * Whether the RSS of a role grows while runs are due, of several schedulers together: `growthOf`, of the last two thirds of the time from
 * the first due run after the warm-up to the last, and of no more of it than was steady, where any was.
 *
 * Where one of its processes ended or began in between it is not told: another's memory is no growth.
 */
export function rssGrowthOf(experiment: Experiment, role: Role = 'scheduler', options: GrowthOptions = {}): Growth {
  const { originMs } = loadSpan(experiment);
  const { firstDueMs, lastDueMs } = arrival(experiment);
  const [firstSeconds, toSeconds] = [(firstDueMs - originMs) / 1000, (lastDueMs - originMs) / 1000];
  const steady = steadyState(experiment);
  const thirdSeconds = firstSeconds + leftOutRatio * (toSeconds - firstSeconds);
  const fromSeconds = steady.found ? Math.max(thirdSeconds, steady.fromSeconds) : thirdSeconds;
  const { atMs, rssBytes, processCount } = roleSeries(experiment, role);
  const atSeconds = atMs.map((ms) => (ms - originMs) / 1000);
  const growth = growthOf(atSeconds, rssBytes, [fromSeconds, toSeconds], options);
  const counts = new Set(processCount.filter((_, index) => atSeconds[index]! >= fromSeconds && atSeconds[index]! <= toSeconds));
  if (growth.blocks === 0 || counts.size === 1) return growth;
  const unknown = { bytesPerHour: Number.NaN, lowBytesPerHour: Number.NaN, highBytesPerHour: Number.NaN };
  return { ...growth, ...unknown, verdict: 'too-short', reason: 'a process of it ended or began in between' };
}

/** The same with what is the default, worked out once. */
export const rssGrowth = perExperimentAnd((experiment: Experiment, role: Role): Growth => rssGrowthOf(experiment, role));
