import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConfig } from '../../lib/src/config/load-config.ts';
import { findWorkspace } from '../../lib/src/config/workspace.ts';
import type { Experiment } from '../../lib/src/results/experiment.ts';
import { runExperiment } from '../../lib/src/run/run-experiment.ts';

export interface PlantedOptions {
  readonly target: string;
  /** How much longer the tasks of one of the three take, as a ratio. */
  readonly delayRatio: number;
  readonly rounds: number;
  /** A folder that becomes the workspace. */
  readonly root: string;
}

export interface Planted {
  readonly a: readonly Experiment[];
  /** The same again, as another group. */
  readonly again: readonly Experiment[];
  readonly delayed: readonly Experiment[];
}

const taskSeconds = 0.2;

/** Runs three configs in turn, of which two are the same and one has a task script that takes longer: 300 tasks in 20 places, some seconds each. */
export async function runPlanted({ target, delayRatio, rounds, root }: PlantedOptions): Promise<Planted> {
  await mkdir(join(root, 'perf-configs'));
  await mkdir(join(root, 'test-scripts'));
  const workspace = findWorkspace(root);
  for (const [name, seconds] of [['task.sh', taskSeconds] as const, ['delayed.sh', taskSeconds * (1 + delayRatio)] as const]) {
    const evidence = 'echo "${run_id:-?} ${task_index:-?} ${EXECUTION_ID:-?}" >>"$ORCHLAB_EVIDENCE"';
    const script = `#!/bin/sh\n[ -z "\${ORCHLAB_EVIDENCE:-}" ] || ${evidence}\nexec sleep ${seconds}\n`;
    await writeFile(join(workspace.scripts, name), script, { mode: 0o755 });
  }
  const run = async (script: string): Promise<Experiment> => {
    const config = createConfig({
      workflows: 60,
      tasks_per_workflow: 5,
      duration: taskSeconds,
      target,
      script: join(workspace.scripts, script),
    });
    return runExperiment(config, { workspace });
  };
  const experiments = { a: [] as Experiment[], again: [] as Experiment[], delayed: [] as Experiment[] };
  for (let round = 0; round < rounds; round++) {
    // In another order in each round: what comes first in it must not always be the same.
    const order = [['a', 'task.sh'] as const, ['again', 'task.sh'] as const, ['delayed', 'delayed.sh'] as const];
    for (let place = 0; place < order.length; place++) {
      const [group, script] = order[(place + round) % order.length]!;
      experiments[group].push(await run(script));
    }
  }
  return experiments;
}
