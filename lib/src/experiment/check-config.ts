import type { PerfConfig } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { findTarget } from '../targets/create-target.ts';
import type { CreateTarget } from '../targets/target.ts';
import { type TaskSpec, taskSpec } from '../targets/task-spec.ts';

/** What a config needs beside its values: its script and its target. Throws a ConfigError, or a MissingProgramError, when one is not there. */
export async function checkConfig(
  config: PerfConfig,
  workspace: Workspace,
  createTarget?: CreateTarget,
): Promise<{ readonly task: TaskSpec; readonly createTarget: CreateTarget }> {
  return { task: taskSpec(config, workspace), createTarget: createTarget ?? (await findTarget(config, workspace)) };
}
