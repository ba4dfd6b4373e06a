import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import type { CreateTarget } from './target.ts';

/** The targets that orchlab brings, by name. Loaded when asked for: an engine's library costs nothing to those who don't use it. */
const targets: Readonly<Record<string, () => Promise<CreateTarget>>> = {
  dbos: async () => (await import('./dbos/dbos-target.ts')).createDbosTarget,
  'pg-boss': async () => (await import('./pg-boss/pg-boss-target.ts')).createPgBossTarget,
  'graphile-worker': async () => (await import('./graphile-worker/graphile-worker-target.ts')).createGraphileWorkerTarget,
};

export const builtInTargets: readonly string[] = Object.keys(targets);

/**
 * Finds the target of a config: one of orchlab's own, or one that perf-configs/targets describes.
 *
 * Throws a ConfigError that lists the known ones, or says what is wrong with a description, and a MissingProgramError when a
 * program that it needs is not there.
 */
export async function findTarget(config: PerfConfig, workspace: Workspace): Promise<CreateTarget> {
  const name = config.target;
  const load = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (load) return load();
  const { findTargetFile, listTargetFiles } = await import('./described/target-file.ts');
  const path = findTargetFile(name, workspace);
  if (path === undefined) {
    const known = [...builtInTargets, ...(await listTargetFiles(workspace))];
    throw new ConfigError([
      { place: `config ${config.name}`, key: 'target', expected: `one of ${known.join(', ')}`, got: JSON.stringify(name) },
    ]);
  }
  const { loadDescribedTarget } = await import('./described/described-target.ts');
  return loadDescribedTarget(path, config, workspace);
}
