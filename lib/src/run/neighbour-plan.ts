import { z } from 'zod';
import { ConfigError } from '../config/config-error.ts';
import { changeConfig } from '../config/change-config.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { seededRandom } from '../random/seeded-random.ts';
import { configOfRequest, configRequestSchema, toConfigRequest } from './config-request.ts';
import { type PlannedStep, type SeriesPlan, fixedSteps } from './series-plan.ts';
import { inRound } from './step-config.ts';

export interface NeighbourRequest {
  /** Name of the workflow whose figures are compared. */
  readonly victim: string;
  readonly rounds: number;
  readonly seed: number;
}

/** What each round measures, in an order that is drawn for each. */
export const neighbourKeys = { alone: 'alone', beside: 'beside the others' } as const;

/**
 * Rounds of two experiments: the victim of a config's workflows alone, and beside the others; both with the same moments at which its runs are due, and in an
 * order that `seed` draws, so that what drifts falls on both. Throws a ConfigError where the config has no such workflow, or no other.
 */
export function planNeighbour(config: PerfConfig, { victim, rounds, seed }: NeighbourRequest): SeriesPlan {
  const workflows = typeof config.workflows === 'object' ? config.workflows : [];
  const own = workflows.filter(({ name }) => name === victim);
  const refuse = (key: string, expected: string, got: string): never => {
    throw new ConfigError([{ place: `config ${config.name}`, key, expected, got }]);
  };
  if (workflows.length < 2)
    refuse('workflows', 'a list of two workflows at least, the victim and a neighbour', workflows.length === 1 ? 'one' : 'none');
  if (own.length === 0) refuse('victim', `one of the workflows ${workflows.map(({ name }) => name).join(', ')}`, victim);
  const of = { alone: changeConfig(config, { workflows: own }, 'neighbour'), beside: config };
  const random = seededRandom(seed);
  const steps = Array.from({ length: rounds }, (_, index) => {
    const keys = random() < 0.5 ? (['alone', 'beside'] as const) : (['beside', 'alone'] as const);
    return keys.map((key): PlannedStep => ({
      key,
      label: neighbourKeys[key],
      settings: {},
      round: index + 1,
      config: inRound(of[key], index + 1),
    }));
  }).flat();
  return {
    kind: 'neighbour',
    name: config.name,
    seed,
    request: { config: toConfigRequest(config), victim, rounds },
    checked: [{ config }, { config: of.alone }],
    ...fixedSteps(steps),
  };
}

const requestSchema = z.object({ config: configRequestSchema, victim: z.string(), rounds: z.int().min(1) });

/** The plan that a series.json asks for. */
export function planNeighbourAgain(request: unknown, seed: number): SeriesPlan {
  const { config, ...others } = requestSchema.parse(request);
  return planNeighbour(configOfRequest(config), { ...others, seed });
}
