import type { PerfConfig } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { checkConfig } from '../targets/registry.ts';
import { checkThresholds } from './check-thresholds.ts';
import { sayForeignTarget } from './foreign-target.ts';

/**
 * Throws for what is wrong with any of several configs, before the first is run: a mistake in the last one, or a program that it lacks, shows now,
 * not in an hour. What a stranger's target does is said before its programs are tried.
 */
export async function checkConfigs(
  configs: readonly { readonly config: PerfConfig; readonly environment?: Readonly<Record<string, string>> | undefined }[],
  workspace: Workspace,
): Promise<void> {
  for (const { config, environment } of configs) {
    await sayForeignTarget(config.target, workspace);
    await checkConfig(config, workspace, environment);
    await checkThresholds(config, workspace);
  }
}
