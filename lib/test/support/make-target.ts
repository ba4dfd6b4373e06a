import type { PerfConfig } from '../../src/config/perf-config.ts';
import type { Workspace } from '../../src/config/workspace.ts';
import { findTarget } from '../../src/targets/registry.ts';
import type { Target } from '../../src/targets/target.ts';

/** The target of a config whose tasks work inline and take no time, on a database; `directory` is for its logs and temporary files. */
export async function makeTarget(config: PerfConfig, workspace: Workspace, databaseUrl: string, directory: string): Promise<Target> {
  const createTarget = await findTarget(config, workspace);
  return createTarget({
    config,
    databaseUrl,
    task: { executor: 'inline', duration: 0 },
    logDirectory: directory,
    temporaryDirectory: directory,
    protect: () => () => undefined,
  });
}
