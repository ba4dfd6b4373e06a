import { createConfig } from '../config/load-config.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { createExperimentDatabase, openServer } from '../database/open-database.ts';
import { startGuard } from '../processes/guard.ts';
import { findTarget } from '../targets/registry.ts';
import { withLimit } from '../timing/with-limit.ts';
import { checkPlaces, dispatches } from './check-places.ts';
import { checkRuns } from './check-runs.ts';
import { type CheckStep, TargetTrial, stepLimitSeconds, tasksPerRun } from './target-trial.ts';

export interface CheckTargetOptions {
  readonly target: string;
  readonly executor?: 'process' | 'inline';
  /** Schedulers to start. Default 1. */
  readonly processes?: number;
  /** Limit for the tasks to end, and for as many as can to begin. Default 30. */
  readonly timeoutSeconds?: number;
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
}

/**
 * Tries a target with a run of three tasks for each scheduler, in a database of its own, then with as many long tasks as it takes to
 * see how many run at once, and yields each step as it ends.
 *
 * What one step finds wrong does not keep the next from being tried, where that makes sense. Throws a ConfigError or a
 * MissingProgramError when it can't be loaded at all.
 */
export async function* checkTarget(options: CheckTargetOptions): AsyncGenerator<CheckStep> {
  const { target, executor = 'process', processes = 1, timeoutSeconds = 30, workspace, signal } = options;
  const configOf = (name: string, values: { readonly duration: number; readonly dispatches?: number }): PerfConfig =>
    createConfig(
      {
        workflows: 1,
        tasks_per_workflow: tasksPerRun,
        duration: values.duration,
        target,
        executor,
        scheduler: {
          poll_interval_secs: 0.2,
          processes,
          ...(values.dispatches === undefined ? {} : { max_concurrent_dispatches: values.dispatches }),
        },
      },
      name,
    );
  const config = configOf('target check', { duration: 0.05 });
  const createTarget = await findTarget(config, workspace);
  await using guard = startGuard({ marks: true });
  await using server = await withLimit(
    openServer({ guard, stateDirectory: workspace.state }),
    stepLimitSeconds,
    'starting Postgres',
    signal,
  );
  await using database = await createExperimentDatabase(server, 'target check');
  const common = { guard, workspace, signal, timeoutSeconds, databaseUrl: database.url };
  {
    await using trial = await TargetTrial.open({ ...common, config, createTarget });
    let isSound = true;
    for await (const step of checkRuns(trial)) {
      isSound &&= step.problems.length === 0;
      yield step;
    }
    // Of one that does not do its tasks right, how many it does at once says nothing.
    if (!isSound) return;
  }
  const long = configOf('target check places', { duration: timeoutSeconds, dispatches });
  await using trial = await TargetTrial.open({ ...common, config: long, createTarget: await findTarget(long, workspace) });
  yield* checkPlaces(trial);
}
