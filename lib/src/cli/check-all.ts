import type { PerfConfig } from '../config/perf-config.ts';
import { findWorkspace } from '../config/workspace.ts';
import { checkConfig } from '../targets/registry.ts';

/** Throws for what is wrong with any of several configs: a mistake in the last one, or a program that it lacks, shows now, not in an hour. */
export async function checkAll(configs: readonly PerfConfig[]): Promise<void> {
  const { checkThresholds } = await import('../run/check-thresholds.ts');
  const workspace = findWorkspace();
  await Promise.all(
    configs.map(async (config) => {
      await checkConfig(config, workspace);
      await checkThresholds(config, workspace);
    }),
  );
}
