import { changeConfig } from '../config/change-config.ts';
import type { Arrival } from '../config/arrival.ts';
import type { PerfConfig } from '../config/perf-config.ts';

/**
 * A config as a round of a series runs it: random arrivals are others in each round, and the same for all experiments of one, so that
 * what differs between them is not the load.
 */
export function inRound(config: PerfConfig, round: number): PerfConfig {
  if (round === 1) return config;
  const others = (arrival: Arrival): Arrival => (isRandom(arrival) ? { ...arrival, seed: arrival.seed + round - 1 } : arrival);
  const { arrival, workflows } = config;
  const settings = {
    ...(isRandom(arrival) && { 'arrival.seed': arrival.seed + round - 1 }),
    ...(typeof workflows === 'object' && {
      workflows: workflows.map((workflow) => (workflow.arrival ? { ...workflow, arrival: others(workflow.arrival) } : workflow)),
    }),
  };
  return Object.keys(settings).length === 0 ? config : changeConfig(config, settings, `round ${round}`);
}

function isRandom(arrival: Arrival): arrival is Extract<Arrival, { readonly poisson: number }> {
  return typeof arrival === 'object' && 'poisson' in arrival;
}
