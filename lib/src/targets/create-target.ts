import { ConfigError } from '../config/config-error.ts';
import type { CreateTarget } from './target.ts';

/** The targets that orchlab knows, by name. Loaded when asked for: an engine's library costs nothing to those who don't use it. */
const targets: Readonly<Record<string, () => Promise<CreateTarget>>> = {
  dbos: async () => (await import('./dbos/dbos-target.ts')).createDbosTarget,
  'pg-boss': async () => (await import('./pg-boss/pg-boss-target.ts')).createPgBossTarget,
  'graphile-worker': async () => (await import('./graphile-worker/graphile-worker-target.ts')).createGraphileWorkerTarget,
};

export const targetNames: readonly string[] = Object.keys(targets);

/** Finds a target by its name in a config. Throws a ConfigError that lists the known ones. */
export async function findTarget(name: string, source: string): Promise<CreateTarget> {
  const load = targets[name];
  if (!load)
    throw new ConfigError([{ place: source, key: 'target', expected: `one of ${targetNames.join(', ')}`, got: JSON.stringify(name) }]);
  return load();
}
