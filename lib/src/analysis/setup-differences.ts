import { isDeepStrictEqual } from 'node:util';
import type { Experiment } from '../results/experiment.ts';
import type { Round } from './comparison-rounds.ts';
import { repeatedConfig, setupOf } from './experiment-setup.ts';

/** Something that is not the same in two groups of experiments. */
export interface SetupDifference {
  /** For instance `scheduler.poll_interval_secs`, `engine version`, `Postgres settings`, `host`. */
  readonly what: string;
  /**
   * - `subject`: what one compares (the engine, its version and settings, a commit);
   * - `load`: what was asked of it: figures of different loads are not about the engine;
   * - `surroundings`: where it was measured: what differs there differs in the figures, too.
   */
  readonly kind: 'subject' | 'load' | 'surroundings';
  /** Values of the experiments of each, in the order in which they first come, each once. */
  readonly a: readonly string[];
  readonly b: readonly string[];
}

/** In place of a value that one of them does not have. */
export const notKnown = '–';

/** How long it would have been waited is in no figure. */
const notCompared = new Set(['timeout']);
const subjectKeys = new Set(['target', 'executor', 'script', 'scheduler', 'recovery']);
/** Blocks whose keys are compared one by one. */
const blocks = new Set(['scheduler', 'recovery']);

/**
 * What differs between two groups, the subject first, then load and surroundings. Where they are in rounds, what is another from round to round and
 * the same within each is no difference.
 */
export function setupDifferences(
  a: readonly Experiment[],
  b: readonly Experiment[],
  rounds: readonly Round[] = [],
): readonly SetupDifference[] {
  const inRounds = rounds.flatMap(([one, other]) => (one && other ? [[factsOf(one), factsOf(other)] as const] : []));
  const isSameInRounds = (what: string): boolean =>
    inRounds.length > 0 && inRounds.every(([one, other]) => one.get(what)?.value === other.get(what)?.value);
  const factsOfA = a.map(factsOf);
  const factsOfB = b.map(factsOf);
  const keys = [...new Set([...factsOfA, ...factsOfB].flatMap((facts) => [...facts.keys()]))];
  const differences = keys.flatMap((what) => {
    const values = (all: readonly ReadonlyMap<string, Fact>[]): string[] => [
      ...new Set(all.map((facts) => facts.get(what)?.value ?? notKnown)),
    ];
    const difference = { what, a: values(factsOfA), b: values(factsOfB) };
    const kind = [...factsOfA, ...factsOfB].find((facts) => facts.has(what))!.get(what)!.kind;
    const isSame = difference.a.length === 1 && isDeepStrictEqual(difference.a, difference.b);
    return isSame || isSameInRounds(what) ? [] : [{ ...difference, kind }];
  });
  const kinds = ['subject', 'load', 'surroundings'] as const;
  return kinds.flatMap((kind) => differences.filter((difference) => difference.kind === kind));
}

/**
 * The keys of the config in which experiments that ought to be repetitions of each other differ.
 */
export function differingKeys(experiments: readonly Experiment[]): readonly string[] {
  const configs = experiments.map(({ manifest }) => repeatedConfig(manifest.config));
  const keys = [...new Set(configs.flatMap((config) => Object.keys(config)))];
  return keys.filter((key) => configs.some((config) => !isDeepStrictEqual(config[key], configs[0]![key])));
}

interface Fact {
  readonly value: string;
  readonly kind: SetupDifference['kind'];
}

function factsOf({ manifest }: Experiment): ReadonlyMap<string, Fact> {
  const { version, programHash, orchlab, postgres, postgresSettings, host } = setupOf(manifest);
  const subject: Record<string, unknown> = {
    target: manifest.target.name,
    'engine version': version,
    program: programHash,
    'commit of the target': manifest.targetCommit,
    'commit of the workspace': manifest.gitCommit,
  };
  const surroundings: Record<string, unknown> = { Postgres: postgres, host, orchlab, ...prefixed('Postgres', postgresSettings) };
  const { target: _, ...config } = repeatedConfig(manifest.config);
  const settings = Object.entries(config)
    .filter(([key]) => !notCompared.has(key))
    .flatMap(([key, value]) =>
      Object.entries(blocks.has(key) && value !== undefined ? prefixed(key, value as object, '.') : { [key]: value }).map(
        ([what, each]) => [what, each, subjectKeys.has(key) ? 'subject' : key === 'sample_interval' ? 'surroundings' : 'load'] as const,
      ),
    );
  const all = [
    ...Object.entries(subject).map(([what, value]) => [what, value, 'subject'] as const),
    ...settings,
    ...Object.entries(surroundings).map(([what, value]) => [what, value, 'surroundings'] as const),
  ];
  return new Map(
    all
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([what, value, kind]) => [what, { value: typeof value === 'string' ? value : JSON.stringify(value), kind }]),
  );
}

function prefixed(prefix: string, values: object, between = ' '): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}${between}${key}`, value]));
}
