import { cross, shuffler } from 'd3-array';
import { z } from 'zod';
import { changeConfig } from '../config/change-config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { seededRandom } from '../random/seeded-random.ts';
import { settingWords } from '../results/setting-names.ts';
import { type SettingValue, settingValueSchema } from '../results/series-record.ts';
import { configOfRequest, configRequestSchema, toConfigRequest } from './config-request.ts';
import { type PlannedStep, type SeriesPlan, fixedSteps } from './series-plan.ts';
import { inRound } from './step-config.ts';

/** Values by the dotted name of what they are of, as options of a config name it. */
export type Vary = Readonly<Record<string, readonly SettingValue[]>>;

export interface SweepRequest {
  readonly vary: Vary;
  /** How often each combination is run. */
  readonly repeat: number;
  readonly seed: number;
}

/**
 * All combinations of the values, `repeat` times: every round has each of them once, in a random order of its own.
 *
 * Throws a ConfigError where a combination can't be used, and where there is nothing to vary.
 */
export function planSweep(config: PerfConfig, { vary, repeat, seed }: SweepRequest): SeriesPlan {
  const combinations = combinationsOf(config, vary);
  const shuffle = shuffler(seededRandom(seed));
  const steps = Array.from({ length: repeat }, (_, index) =>
    shuffle([...combinations]).map((combination): PlannedStep => {
      return { ...combination, round: index + 1, config: inRound(combination.config, index + 1) };
    }),
  );
  return {
    kind: 'sweep',
    name: config.name,
    seed,
    request: { config: toConfigRequest(config), vary: Object.entries(vary), repeat },
    checked: combinations,
    ...fixedSteps(steps.flat()),
  };
}

const requestSchema = z.object({
  config: configRequestSchema,
  vary: z.array(z.tuple([z.string(), z.array(settingValueSchema)])),
  repeat: z.int().min(1),
});

/** The plan that a series.json asks for. */
export function planSweepAgain(request: unknown, seed: number): SeriesPlan {
  const { config, vary, repeat } = requestSchema.parse(request);
  return planSweep(configOfRequest(config), { vary: Object.fromEntries(vary), repeat, seed });
}

type Combination = Omit<PlannedStep, 'round'>;

function combinationsOf(config: PerfConfig, vary: Vary): readonly Combination[] {
  const names = Object.keys(vary);
  const refuse = (key: string, expected: string, got: string): never => {
    throw new ConfigError([{ place: 'sweep', key, expected, got }]);
  };
  if (names.length === 0) refuse('', 'something to vary', 'nothing');
  for (const [name, values] of Object.entries(vary)) {
    if (values.length === 0) refuse(name, 'at least one value', 'none');
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) refuse(name, 'different values', `${twice} twice`);
  }
  return cross(...names.map((name) => vary[name] ?? [])).map((values) => {
    const settings = Object.fromEntries(names.map((name, index) => [name, values[index]!]));
    const key = names.map((name) => `${name}=${settings[name]}`).join(' ');
    const label = settingWords(settings);
    return { key, label, settings, config: changeConfig(config, settings, `sweep ${label}`) };
  });
}
