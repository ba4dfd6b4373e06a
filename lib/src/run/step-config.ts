import { changeConfig } from '../config/change-config.ts';
import type { PerfConfig } from '../config/perf-config.ts';

/**
 * A config as a round of a series runs it: random arrivals are others in each round, and the same for all experiments of one, so that
 * what differs between them is not the load.
 */
export function inRound(config: PerfConfig, round: number): PerfConfig {
  const { arrival } = config;
  if (typeof arrival !== 'object' || !('poisson' in arrival) || round === 1) return config;
  return changeConfig(config, { 'arrival.seed': arrival.seed + round - 1 }, `round ${round}`);
}
