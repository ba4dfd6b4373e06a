import type { Experiment } from '../results/experiment.ts';
import { flagColumn, numberColumn, textColumn } from './columns.ts';
import { runFacts } from './run-facts.ts';

/** The moments between which an experiment is looked at, epoch milliseconds; NaN for what did not happen. */
export interface LoadSpan {
  /** Zero of every `seconds` column: the first submission after the warm-up, or where there is none the start of the load. */
  readonly originMs: number;
  /** Of the runs after the warm-up, like the next two. */
  readonly firstSentMs: number;
  readonly lastAcknowledgedMs: number;
  /** When the last of the finished tasks did. */
  readonly lastFinishedMs: number;
  /** The end of every series: when the last task ended, or where some never did, when orchlab stopped waiting for them. */
  readonly endMs: number;
}

/** Finds these moments in the runs and tasks of `experiment`. */
export function loadSpan(experiment: Experiment): LoadSpan {
  const { times } = experiment.manifest;
  const finishedMs = numberColumn(experiment.tasks, 'finishedMs');
  const statuses = textColumn(experiment.tasks, 'status');
  const runIndexes = numberColumn(experiment.tasks, 'runIndex');
  const warmUp = flagColumn(experiment.runs, 'warmUp');
  const { isWarmUp } = runFacts(experiment);
  const firstSentMs = extreme(numberColumn(experiment.runs, 'sentMs'), Math.min, (row) => warmUp[row] === 0);
  const lastAcknowledgedMs = extreme(numberColumn(experiment.runs, 'acknowledgedMs'), Math.max, (row) => warmUp[row] === 0);
  const originMs = orElse(firstSentMs, times.loadStartedMs ?? times.startedMs);
  const lastEndedMs = extreme(finishedMs, Math.max);
  const everyTaskEnded = statuses.length > 0 && !statuses.includes('lost');
  const stoppedMs = everyTaskEnded ? undefined : (times.drainedMs ?? times.endedMs);
  return {
    originMs,
    firstSentMs,
    lastAcknowledgedMs,
    lastFinishedMs: extreme(finishedMs, Math.max, (row) => statuses[row] === 'finished' && !isWarmUp(runIndexes[row] ?? -1)),
    endMs: Math.max(originMs, orElse(lastAcknowledgedMs, originMs), orElse(lastEndedMs, originMs), stoppedMs ?? originMs),
  };
}

/** Smallest or largest known number; NaN when there is none. */
function extreme(values: Float64Array, choose: (a: number, b: number) => number, includes: (row: number) => boolean = () => true): number {
  let result = Number.NaN;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isNaN(value) && includes(row)) result = Number.isNaN(result) ? value : choose(result, value);
  }
  return result;
}

function orElse(value: number, fallback: number): number {
  return Number.isNaN(value) ? fallback : value;
}
