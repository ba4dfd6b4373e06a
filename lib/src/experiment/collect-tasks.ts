import type { TaskLedger } from '../results/manifest.ts';
import type { PhaseHistograms } from '../results/phase-histograms.ts';
import type { TableWriter } from '../results/table-writer.ts';
import type { TaskRow } from '../targets/target.ts';
import type { RunIndex } from './run-index.ts';

/** Where the tasks of an experiment ended, and what did not add up. */
export interface Collected {
  readonly ledger: TaskLedger;
  readonly warnings: readonly string[];
}

type EndState = 'finished' | 'failed' | 'cancelled' | 'lost';

/** A task that the engine had not ended when it was asked for the last time is lost. */
const endStates: Readonly<Record<TaskRow['status'], EndState>> = {
  pending: 'lost',
  dispatched: 'lost',
  running: 'lost',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
};

/**
 * Writes every task that was submitted to the tasks table, also those that the engine knows nothing of, and counts how they ended.
 *
 * The times of those that finished after the warm-up go into `histograms`.
 */
export async function collectTasks(
  source: AsyncIterable<readonly TaskRow[]>,
  runs: RunIndex,
  writer: TableWriter<'tasks'>,
  histograms: PhaseHistograms,
): Promise<Collected> {
  const counts = { finished: 0, failed: 0, cancelled: 0, lost: 0 };
  let surplus = 0;
  for await (const rows of source) {
    for (const row of rows) {
      const runIndex = runs.indexOf(row.runId);
      if (!runs.account(runIndex, row.taskIndex)) {
        surplus++;
        continue;
      }
      const status = endStates[row.status];
      counts[status]++;
      writer.append({ ...row, runIndex, status });
      const dueMs = runs.measuredDueMs(runIndex);
      if (status === 'finished' && dueMs !== undefined) histograms.add({ ...row, dueMs });
    }
    writer.flush();
  }
  const never = { createdMs: Number.NaN, dispatchedMs: Number.NaN, startedMs: Number.NaN, finishedMs: Number.NaN, attempts: 0 };
  for (const task of runs.unaccounted()) {
    counts.lost++;
    writer.append({ ...task, status: 'lost', ...never });
  }
  return {
    ledger: { submitted: runs.submittedTasks, ...counts },
    warnings: surplus === 0 ? [] : [`The engine has ${surplus} tasks that were not asked for, or twice: they are in no figure.`],
  };
}
