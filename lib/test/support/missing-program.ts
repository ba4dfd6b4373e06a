import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfig } from '../../src/config/perf-config.ts';
import type { Workspace } from '../../src/config/workspace.ts';
import { findTarget } from '../../src/targets/registry.ts';
import { MissingProgramError } from '../../src/targets/target.ts';

/** What is missing to run a target here, if anything, as its error says it. */
export async function missingProgram(
  target: string,
  workspace: Workspace,
  executor: PerfConfig['executor'] = 'process',
): Promise<string | undefined> {
  try {
    await findTarget(createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, target, executor }, 'missing-program'), workspace);
    return undefined;
  } catch (error) {
    if (error instanceof MissingProgramError) return error.message.split('. ')[0] ?? error.message;
    throw error;
  }
}
