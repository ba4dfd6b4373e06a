import { ConfigError } from '../config/config-error.ts';
import type { Workspace } from '../config/workspace.ts';
import { builtInTargets } from './create-target.ts';
import { findPrograms } from './described/find-programs.ts';
import { findTargetFile, listTargetFiles, loadTargetFile, submitWays } from './described/target-file.ts';
import { installedVersion } from './installed-version.ts';
import { MissingProgramError } from './missing-program-error.ts';

/** A target that can be asked for, or why it can't. */
export interface KnownTarget {
  readonly name: string;
  readonly description: string;
  /** `orchlab`, or the file that describes it, from the workspace. */
  readonly from: string;
  readonly executors: readonly string[];
  readonly schedulers: 'one' | 'many';
  /** Why it can't be run here: what is wrong with its description, or which program is missing. */
  readonly problem?: string;
}

const engines: Readonly<Record<string, { readonly title: string; readonly npmPackage: string }>> = {
  dbos: { title: 'DBOS Transact for TypeScript', npmPackage: '@dbos-inc/dbos-sdk' },
  'pg-boss': { title: 'pg-boss', npmPackage: 'pg-boss' },
  'graphile-worker': { title: 'graphile-worker', npmPackage: 'graphile-worker' },
};

/** All targets: orchlab's own, then those of perf-configs/targets, each way of submitting by itself. */
export async function listTargets(workspace: Workspace): Promise<KnownTarget[]> {
  const own = builtInTargets.map((name): KnownTarget => {
    const engine = engines[name];
    return {
      name,
      description: engine ? `${engine.title} ${installedVersion(engine.npmPackage)}` : name,
      from: 'orchlab',
      executors: ['process', 'inline'],
      schedulers: 'many',
    };
  });
  const described = await Promise.all((await listTargetFiles(workspace)).map(async (name) => describe(name, workspace)));
  return [...own, ...described.flat()];
}

async function describe(name: string, workspace: Workspace): Promise<KnownTarget[]> {
  const from = `perf-configs/targets/${name}.yaml`;
  try {
    const file = await loadTargetFile(findTargetFile(name, workspace) ?? from, name);
    const { description, executors, schedulers } = file.description;
    const problem = await missingProgram(async () => findPrograms(file, workspace.root));
    const names = submitWays(file.description).map((way, index) => (index === 0 || way.name === undefined ? name : `${name}:${way.name}`));
    return names.map((each) => ({ name: each, description, from, executors, schedulers, ...(problem === undefined ? {} : { problem }) }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [{ name, description: '', from, executors: [], schedulers: 'one', problem: error.message }];
  }
}

async function missingProgram(find: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await find();
    return undefined;
  } catch (error) {
    if (error instanceof MissingProgramError) return error.message;
    throw error;
  }
}
