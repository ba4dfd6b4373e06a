import { z } from 'zod';
import type { PerfConfig } from '../config/perf-config.ts';
import { configOfRequest, configRequestSchema, toConfigRequest } from './config-request.ts';
import { type PlannedStep, type SeriesPlan, fixedSteps } from './series-plan.ts';
import { inRound } from './step-config.ts';

export interface CostRequest {
  /** Each with one experiment of the queue alone, and one with a bystander. */
  readonly rounds: number;
  readonly seed: number;
}

/** What each round measures: the queue's own cost, in which nothing else may be, and what its neighbour has of it. */
export const costKeys = { queue: 'the queue alone', bystander: 'the queue and a bystander' } as const;

/**
 * Rounds of two experiments: `config` without its bystander, of which the cost of a task and of idle time are, and with it. Throws a RangeError
 * where the config has no bystander or no idle phase.
 */
export function planCost(config: PerfConfig, { rounds, seed }: CostRequest): SeriesPlan {
  const { bystander, ...alone } = config;
  if (bystander === undefined) throw new RangeError('planCost: expected a config with a bystander, got one without');
  if (config.idle === undefined) throw new RangeError('planCost: expected a config with an idle phase, got one without');
  const of = { queue: alone, bystander: config };
  const steps = Array.from({ length: rounds }, (_, index) =>
    (['queue', 'bystander'] as const).map((key): PlannedStep => ({
      key,
      label: costKeys[key],
      settings: {},
      round: index + 1,
      config: inRound(of[key], index + 1),
    })),
  ).flat();
  return {
    kind: 'cost',
    name: config.target,
    seed,
    request: { config: toConfigRequest(config), rounds },
    checked: [{ config }],
    ...fixedSteps(steps),
  };
}

const requestSchema = z.object({ config: configRequestSchema, rounds: z.int().min(1) });

/** The plan that a series.json asks for. */
export function planCostAgain(request: unknown, seed: number): SeriesPlan {
  const { config, rounds } = requestSchema.parse(request);
  return planCost(configOfRequest(config), { rounds, seed });
}
