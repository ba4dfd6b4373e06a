import { bisectLeft, bisectRight } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';
import { sortNumbers } from './distribution.ts';
import { roleSeries } from './role-series.ts';

/** What shows that an engine's times of starts and ends are not those of its tasks. */
export interface TimesInDoubt {
  /** Finished tasks that ran for less than half of what they are known to work, by the engine's times; of so many. */
  readonly tooShort: number;
  readonly finished: number;
  /** Readings in which worker processes lived; of these, those around which no task ran by the engine's times. */
  readonly readingsWithWorkers: number;
  readonly readingsContradicted: number;
}

/** Fewer tasks, or readings with workers, contradict nothing. */
const leastTasks = 10;
const leastReadings = 10;
/** So large a share of them must. */
const doubtRatio = 0.5;
/** A task may well be read a little later than it was written down, and a process lives a little longer than its work. */
const toleranceMs = 50;
/** The script of which it is known how long it works. */
const ownScript = 'perf-task.sh';
/** Clocks and rounding are no worse than that. */
const leastDurationSeconds = 0.005;

const known = new WeakMap<Experiment, { readonly doubt: TimesInDoubt | undefined }>();

/**
 * Whether the samples contradict the engine's times of starts and ends, as where a scheduler writes down many starts and ends in one UPDATE,
 * long after they happened: then most tasks seem to end as they start, and workers live while none runs.
 *
 * Undefined where there is no such contradiction, or too little to tell (10 tasks, 10 readings). In doubt are execution, dispatch, what
 * ran at once and stalls; when a task was dispatched and when its end was written stay known.
 */
export function timesInDoubt(experiment: Experiment): TimesInDoubt | undefined {
  let found = known.get(experiment);
  if (found === undefined) known.set(experiment, (found = { doubt: lookForDoubt(experiment) }));
  return found.doubt;
}

function lookForDoubt(experiment: Experiment): TimesInDoubt | undefined {
  const { tasks, manifest } = experiment;
  const { duration, executor, script } = manifest.config;
  const statuses = textColumn(tasks, 'status');
  const startedMs = numberColumn(tasks, 'startedMs');
  const finishedMs = numberColumn(tasks, 'finishedMs');
  const executionMs = finishedMs
    .map((ms, row) => (statuses[row] === 'finished' ? ms - (startedMs[row] ?? Number.NaN) : Number.NaN))
    .filter((ms) => !Number.isNaN(ms));
  const isWorkKnown = duration >= leastDurationSeconds && (executor === 'inline' || script === ownScript);
  const tooShort = isWorkKnown ? executionMs.filter((ms) => ms < (duration * 1000) / 2).length : 0;

  const starts = sortNumbers(startedMs);
  const ends = sortNumbers(finishedMs.filter((_, row) => !Number.isNaN(startedMs[row] ?? Number.NaN)));
  const ranAround = (atMs: number): boolean => bisectRight(starts, atMs + toleranceMs) > bisectLeft(ends, atMs - toleranceMs);
  const workers = roleSeries(experiment, 'workers');
  const { loadStartedMs = -Infinity, drainedMs = Infinity } = manifest.times;
  const withWorkers = workers.atMs.filter(
    (atMs, index) => (workers.processCount[index] ?? 0) > 0 && atMs >= loadStartedMs && atMs <= drainedMs,
  );
  const contradicted = starts.length > 0 ? withWorkers.filter((atMs) => !ranAround(atMs)).length : 0;
  const isDoubted =
    (executionMs.length >= leastTasks && tooShort > doubtRatio * executionMs.length) ||
    (withWorkers.length >= leastReadings && contradicted > doubtRatio * withWorkers.length);
  if (!isDoubted) return undefined;
  return {
    tooShort,
    finished: executionMs.length,
    readingsWithWorkers: withWorkers.length,
    readingsContradicted: contradicted,
  };
}
