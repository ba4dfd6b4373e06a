import type { Experiment } from '../results/experiment.ts';
import { frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';
import { DamagedResultsError } from '../results/read-record.ts';

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

/** No load and no timeout can be 25 days long. Over a longer time, windows would take gigabytes. */
const mostDays = 366;

/** Finds these moments in the runs and tasks of an experiment. Throws a DamagedResultsError where they are further apart than a year. */
export const loadSpan = perExperiment((experiment: Experiment): LoadSpan => {
  const { times } = experiment.manifest;
  const { runs, tasks, ends, measured } = frameOf(experiment);
  const isMeasured = (row: number): boolean => runs.warmUp[row] === 0;
  const firstSentMs = extreme(runs.sentMs, Math.min, isMeasured);
  const lastAcknowledgedMs = extreme(runs.acknowledgedMs, Math.max, isMeasured);
  const originMs = orElse(firstSentMs, times.loadStartedMs ?? times.startedMs);
  const everyTaskEnded = tasks.count > 0 && ends.lost === 0;
  const stoppedMs = everyTaskEnded ? undefined : (times.drainedMs ?? times.endedMs);
  let lastEndedMs = -Infinity;
  for (let row = 0; row < tasks.count; row++)
    if ((tasks.finishedMs[row] as number) > lastEndedMs) lastEndedMs = tasks.finishedMs[row] as number;
  let lastFinishedMs = -Infinity;
  for (let index = 0; index < measured.length; index++) {
    const ms = tasks.finishedMs[measured[index] as number] as number;
    if (ms > lastFinishedMs) lastFinishedMs = ms;
  }
  const endMs = Math.max(originMs, orElse(lastAcknowledgedMs, originMs), lastEndedMs, stoppedMs ?? originMs);
  const spanDays = (endMs - originMs) / 86_400_000;
  if (!(spanDays <= mostDays))
    throw new DamagedResultsError(
      `${experiment.directory}: expected a load of at most ${mostDays} days, got one of ${spanDays}: a time in runs.arrow or tasks.arrow is damaged`,
    );
  return {
    originMs,
    firstSentMs,
    lastAcknowledgedMs,
    lastFinishedMs: Number.isFinite(lastFinishedMs) ? lastFinishedMs : Number.NaN,
    endMs,
  };
});

/** Smallest or largest known number; NaN when there is none. */
function extreme(values: Float64Array, choose: (a: number, b: number) => number, includes: (row: number) => boolean): number {
  let result = Number.NaN;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (Number.isNaN(value) || !includes(row)) continue;
    result = Number.isNaN(result) ? value : choose(result, value);
  }
  return result;
}

function orElse(value: number, fallback: number): number {
  return Number.isNaN(value) ? fallback : value;
}
