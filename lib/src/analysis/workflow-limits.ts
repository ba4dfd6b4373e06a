import type { Experiment } from '../results/experiment.ts';
import { perExperiment } from './per-experiment.ts';
import { type TimeAbove, timeAbove } from './time-above.ts';
import { runningOf, workflowRows } from './workflow-tasks.ts';

/** What came of the limits of a workflow; seconds, and numbers of tasks. NaN: it has no such limit. */
export interface LimitFigures {
  /** Most of its tasks running at once; also without a limit. */
  readonly runningMost: number;
  /** How long more of its tasks ran than `limits.concurrency` allows. */
  readonly concurrencyBreachSeconds: number;
  /** Most of its tasks that began in any time as long as that of `limits.rate`. */
  readonly begunMost: number;
  /** How long, of all moments, more of its tasks had begun in the time before them than `limits.rate` allows. */
  readonly rateBreachSeconds: number;
}

/**
 * The limits of each workflow against what was: exact, from the times of its tasks, by one sweep over their begins and ends in order. Of the rate any
 * time of that length counts, wherever it begins: each begin weighs on the time (from it up to `seconds` later), and how many weigh at once is
 * compared. All tasks count, also those of the warm-up, and those that failed.
 */
export const workflowLimits = perExperiment((experiment: Experiment): readonly LimitFigures[] =>
  workflowRows(experiment).map(({ workflow, rows }) => {
    const { concurrency, rate } = workflow.limits;
    const { begins, ends } = runningOf(experiment, rows);
    const running = timeAbove(begins, ends, concurrency ?? Number.POSITIVE_INFINITY);
    const begun: TimeAbove | undefined =
      rate &&
      timeAbove(
        begins,
        begins.map((ms) => ms + 1000 * rate.seconds),
        rate.tasks,
      );
    return {
      runningMost: running.most,
      concurrencyBreachSeconds: concurrency === undefined ? Number.NaN : running.time / 1000,
      begunMost: begun?.most ?? Number.NaN,
      rateBreachSeconds: begun ? begun.time / 1000 : Number.NaN,
    };
  }),
);
