import type { Experiment } from '../../src/results/experiment.ts';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { handmadeExperiment, run, task } from './handmade-experiment.ts';

/** A task by its moments, milliseconds after zero; those that are left out did not happen. Its run was due at zero, and answered when it was created. */
export interface MixedTask {
  readonly workflow: string;
  readonly created: number;
  readonly taken?: number;
  readonly finished?: number;
}

/** An experiment of several workflows, of exactly these tasks, each a run of its own. */
export function mixedExperiment(workflows: NonNullable<PerfConfigFile['workflows']>, tasks: readonly MixedTask[]): Experiment {
  const made = handmadeExperiment({
    runs: tasks.map(({ workflow, created }, index) => ({ ...run(index, created, created), workflow })),
    tasks: tasks.map(({ created, taken, finished }, index) =>
      task(
        finished === undefined ? 'lost' : 'finished',
        { created, ...(taken !== undefined && { dispatched: taken, started: taken }), ...(finished !== undefined && { finished }) },
        { runIndex: index },
      ),
    ),
  });
  const config = createConfig({ workflows, tasks_per_workflow: 1, duration: 0 }, made.manifest.config.name);
  const { ledger: _, ...manifest } = made.manifest;
  return { ...made, manifest: { ...manifest, config } };
}
