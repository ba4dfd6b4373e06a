import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { counterRateBetween } from './counter-rate.ts';
import { frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';

/** What a finished task took of the database; NaN for what is not known. */
export interface DatabaseCost {
  /** Transactions of the engine that were committed. */
  readonly commitsPerTask: number;
  /** WAL of the whole server: with what vacuum and a bystander wrote. */
  readonly walBytesPerTask: number;
}

/**
 * A backend reports what it has committed up to a second later. After so long as many are reported late at the end of the stretch that is
 * looked at as at its beginning, where the load goes evenly.
 */
const reportSeconds = 2;

/**
 * What finished tasks took of the database, from the first submission after the warm-up (2 s later, where the load is longer than 10 s) to the last
 * finished task: what was counted in that time over the tasks that finished in it.
 */
export const databaseCost = perExperiment((experiment: Experiment): DatabaseCost => {
  const { originMs, lastFinishedMs } = loadSpan(experiment);
  const { postgres } = experiment;
  const atMs = numberColumn(postgres, 'atMs');
  const isLong = lastFinishedMs - originMs > 5 * reportSeconds * 1000;
  const fromMs = originMs + (isLong ? reportSeconds * 1000 : 0);
  const seconds = (lastFinishedMs - fromMs) / 1000;
  const tasks = finishedBetween(experiment, fromMs, lastFinishedMs);
  const perTask = (column: 'commits' | 'walBytes'): number =>
    (counterRateBetween(atMs, numberColumn(postgres, column), fromMs, lastFinishedMs) * seconds) / tasks;
  return {
    commitsPerTask: perTask('commits'),
    walBytesPerTask: perTask('walBytes'),
  };
});

/** NaN where none did: nothing can be divided among them. */
function finishedBetween(experiment: Experiment, fromMs: number, toMs: number): number {
  const { tasks, measured } = frameOf(experiment);
  let count = 0;
  for (let index = 0; index < measured.length; index++) {
    const ms = tasks.finishedMs[measured[index] as number] as number;
    if (ms >= fromMs && ms <= toMs) count++;
  }
  return count > 0 ? count : Number.NaN;
}
