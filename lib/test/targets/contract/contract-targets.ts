import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig } from '../../../src/config/load-config.ts';
import { findWorkspace } from '../../../src/config/workspace.ts';
import { findTarget } from '../../../src/targets/registry.ts';
import { MissingProgramError } from '../../../src/targets/target.ts';
import { standInOrk } from './stand-in-ork.ts';

const procrastinatePython = join(findWorkspace(import.meta.dirname).root, '.venv-procrastinate', 'bin', 'python');

export interface ContractTarget {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Why it can't be run here. */
  readonly missing?: string;
}

/** The targets that the suite runs. ork is the real one where ORK_BIN names it, else the stand-in that speaks its commands. */
export async function contractTargets(): Promise<ContractTarget[]> {
  const ork = { ORK_BIN: process.env['ORK_BIN'] ?? standInOrk };
  const all: ContractTarget[] = [
    { name: 'dbos', environment: {} },
    { name: 'pg-boss', environment: {} },
    { name: 'graphile-worker', environment: {} },
    { name: 'ork', environment: ork },
    { name: 'ork:command', environment: ork },
    // The tests' workspaces are elsewhere than the repository's environment for it.
    { name: 'procrastinate', environment: existsSync(procrastinatePython) ? { PROCRASTINATE_PYTHON: procrastinatePython } : {} },
  ];
  const wanted = process.env['ORCHLAB_CONTRACT']?.split(',');
  const chosen = wanted ? all.filter(({ name }) => wanted.includes(name)) : all;
  return Promise.all(chosen.map(withMissing));
}

async function withMissing(target: ContractTarget): Promise<ContractTarget> {
  Object.assign(process.env, target.environment);
  const config = createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, target: target.name }, 'contract');
  try {
    await findTarget(config, findWorkspace(import.meta.dirname));
    return target;
  } catch (error) {
    if (error instanceof MissingProgramError) return { ...target, missing: error.message.split('. ')[0] ?? error.message };
    throw error;
  }
}
