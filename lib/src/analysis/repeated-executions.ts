import type { Experiment } from '../results/experiment.ts';
import { countUpTo } from './edges.ts';
import { faultEvents } from './fault-events.ts';
import { perExperiment } from './per-experiment.ts';
import { taskExecutions } from './task-executions.ts';

/** An execution of a task that had been executed before. */
export interface RepeatedExecution {
  /** `run index/task index`. */
  readonly task: string;
  /** When it was seen, epoch milliseconds. */
  readonly atMs: number;
  /** The fault that it is put down to, in the order of `faultEvents`; -1: none. */
  readonly faultIndex: number;
}

/** Executions are seen up to 50 ms after they began, and a busy machine is later. */
export const seenLateMs = 60;

/**
 * Executions beyond the first of each task that were no retries of one that failed, as far as they were seen. Each is put down to the first fault since the execution before it began, which is the one that
 * may have cut that off; where there was none, to the last fault before it.
 */
export const repeatedExecutions = perExperiment((experiment: Experiment): readonly RepeatedExecution[] => {
  const beganMs = Float64Array.from(faultEvents(experiment), (event) => event.beganMs);
  return [...taskExecutions(experiment)].flatMap(([task, all]) =>
    all.slice(1).flatMap(({ atMs }, index) => {
      if (all[index]?.outcome === 'failed') return [];
      const since = countUpTo(beganMs, (all[index]?.atMs ?? atMs) - seenLateMs);
      const isBetween = (beganMs[since] ?? Number.POSITIVE_INFINITY) <= atMs;
      return [{ task, atMs, faultIndex: isBetween ? since : countUpTo(beganMs, atMs) - 1 }];
    }),
  );
});
