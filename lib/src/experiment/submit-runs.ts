import type { PerfConfig } from '../config/perf-config.ts';
import { drive } from '../load/drive.ts';
import { EndedRuns } from '../load/ended-runs.ts';
import { toLoad } from '../load/schedule.ts';
import type { RunRecord } from '../load/submissions.ts';
import type { RunWatch } from '../results/manifest.ts';
import type { Target } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import { LoadAccount } from './load-account.ts';
import { watchEndedRuns } from './watch-runs.ts';

export interface SubmitRunsOptions {
  readonly config: PerfConfig;
  readonly target: Target;
  readonly clock: Clock;
  /** Ends the load. */
  readonly signal: AbortSignal;
  readonly onRun: (record: RunRecord) => void;
}

export interface SubmittedRuns {
  readonly account: LoadAccount;
  /** Of a closed or bounded load. */
  readonly runWatch?: RunWatch;
}

/** Submits the runs of a config to a target as its arrival says; resolves when every submission has ended. */
export async function submitRuns({ config, target, clock, signal, onRun }: SubmitRunsOptions): Promise<SubmittedRuns> {
  const account = new LoadAccount();
  const load = toLoad(config);
  const ended = new EndedRuns();
  const isBounded = load.kind === 'closed' || config.max_in_flight !== undefined;
  const watcher = isBounded
    ? watchEndedRuns({ target, tasksPerRun: config.tasks_per_workflow, clock, ended, accepted: () => account.submitted })
    : undefined;
  try {
    account.unsent = await drive({
      load,
      ended,
      ...(config.max_in_flight === undefined ? {} : { maxInFlight: config.max_in_flight }),
      warmUpSeconds: config.warm_up_seconds,
      submit: async (runIndex) => target.submit({ runIndex, taskCount: config.tasks_per_workflow }),
      concurrency: config.submit_concurrency,
      clock,
      signal,
      onRun(record) {
        account.add(record);
        onRun(record);
      },
    });
  } finally {
    await watcher?.stop();
  }
  return { account, ...(watcher ? { runWatch: watcher.cost() } : {}) };
}
