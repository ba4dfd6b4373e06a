import type { FaultKind } from '../config/faults.ts';
import type { Experiment } from '../results/experiment.ts';
import { arrival } from './arrival.ts';
import { wholeColumn } from './columns.ts';
import { countUpTo } from './edges.ts';
import { type Detection, detection } from './fault-detection.ts';
import { faultEvents } from './fault-events.ts';
import { faultRecoveries } from './fault-recoveries.ts';
import type { RateAfter } from './fault-recovery.ts';
import { faultSentence } from './fault-words.ts';
import { frameOf, runStatuses, taskStatuses } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { repeatedExecutions, seenLateMs } from './repeated-executions.ts';
import { sortNumbers } from './sort-numbers.ts';
import { taskExecutions, taskKey } from './task-executions.ts';

/** What can become of a task through a fault. */
export const faultOutcomes = ['lost', 'stuck', 'executedTwice', 'failed', 'late'] as const;
export type FaultOutcome = (typeof faultOutcomes)[number];

/** What came of one fault. Seconds are since the first submission or, where the name says for how long, since it began; NaN: not known, or never. */
export interface FaultFigures {
  readonly kind: FaultKind;
  readonly subject: string;
  readonly detail: string;
  readonly atSeconds: number;
  readonly endedSeconds: number;
  /** Until the engine went on: took over the first task that had begun before, or dispatched the first one. */
  readonly detectedSeconds: number;
  /** What that was; empty: nothing. */
  readonly detectedBy: Detection['detectedBy'];
  /** Until tasks ended at 90 % of what was expected again; 0: they never ended at less; NaN: `rateAfter` says why. */
  readonly recoverySeconds: number;
  /** `not back`: by the next fault or the end of the load; `unseen`: there was too little before or after it to tell. */
  readonly rateAfter: RateAfter;
  readonly tasksPerSecondBefore: number;
  /** Tasks that the engine had and had not ended, at most, until the next fault. */
  readonly worstBacklog: number;
  /** The engine has no row of them any more. */
  readonly lost: number;
  /** The engine has them, and never ended them. */
  readonly stuck: number;
  /** Executions beyond each task's first. */
  readonly duplicates: number;
  /** Tasks that were executed more than once. */
  readonly executedTwice: number;
  /** Until the last of those executions began: what the fault had cut off was in work again by then. NaN: there was none. */
  readonly repeatedSeconds: number;
  readonly failed: number;
  /** Tasks that took longer than every one that ended before the first fault. */
  readonly late: number;
  /** Submissions that the engine refused or did not answer. */
  readonly refusedRuns: number;
  /** The tasks of each outcome, `run index/task index`, in the order of the schedule. */
  readonly tasks: Readonly<Record<FaultOutcome, readonly string[]>>;
  /** All of it in a sentence. */
  readonly sentence: string;
}

type Draft = { -readonly [K in keyof FaultFigures]: FaultFigures[K] } & { readonly tasks: Record<FaultOutcome, string[]> };

/**
 * What came of each fault of an experiment, in the order of time: exact, from the times and the evidence of every task.
 *
 * A task that began and never ended is put down to the first fault after its last sign of life; one that the engine has no row of to the first after its run was
 * accepted; one that it has and never began to the last fault. What ended late or failed and a refused submission are put down to the last
 * fault before, a second execution to the first fault since the first one began.
 */
export const faultLedger = perExperiment((experiment: Experiment): readonly FaultFigures[] => {
  const events = faultEvents(experiment);
  if (events.length === 0) return [];
  const { originMs, endMs } = loadSpan(experiment);
  const { runs, tasks } = frameOf(experiment);
  const beganMs = Float64Array.from(events, (event) => event.beganMs);
  const recoveries = faultRecoveries(experiment);
  const drafts = events.map((event, index): Draft => ({
    kind: event.kind,
    subject: event.subject,
    detail: event.detail,
    atSeconds: (event.beganMs - originMs) / 1000,
    endedSeconds: (event.endedMs - originMs) / 1000,
    ...detection(experiment, index),
    recoverySeconds: (recoveries[index]?.ms ?? Number.NaN) / 1000,
    rateAfter: recoveries[index]?.rateAfter ?? 'unseen',
    tasksPerSecondBefore: recoveries[index]?.perSecond ?? Number.NaN,
    worstBacklog: worstBacklog(experiment, event.beganMs, beganMs[index + 1] ?? endMs),
    lost: 0,
    stuck: 0,
    duplicates: 0,
    executedTwice: 0,
    repeatedSeconds: Number.NaN,
    failed: 0,
    late: 0,
    refusedRuns: 0,
    tasks: { lost: [], stuck: [], executedTwice: [], failed: [], late: [] },
    sentence: '',
  }));
  /** The last that began by then. */
  const before = (ms: number): Draft | undefined => drafts[countUpTo(beganMs, ms) - 1];
  /** The first that began then or later; where there is none, the last. */
  const after = (ms: number): Draft | undefined => drafts[Math.min(countUpTo(beganMs, ms - 1e-6), drafts.length - 1)];
  const note = (draft: Draft | undefined, outcome: FaultOutcome, key: string): void => {
    if (!draft) return;
    draft[outcome]++;
    draft.tasks[outcome].push(key);
  };

  const taskIndexes = wholeColumn(experiment.tasks, 'taskIndex');
  const counted = experiment.tasks.columnNames().includes('executions')
    ? wholeColumn(experiment.tasks, 'executions')
    : new Int32Array(tasks.count);
  const executions = taskExecutions(experiment);
  const repetitions = Map.groupBy(repeatedExecutions(experiment), ({ task }) => task);
  for (const { faultIndex, atMs } of repeatedExecutions(experiment)) {
    const fault = drafts[faultIndex];
    const repeatedSeconds = (atMs - (beganMs[faultIndex] ?? Number.NaN)) / 1000;
    if (fault && !(repeatedSeconds <= fault.repeatedSeconds)) fault.repeatedSeconds = repeatedSeconds;
  }
  const isLate = lateness(experiment, beganMs[0] ?? Number.NaN);
  for (let row = 0; row < tasks.count; row++) {
    const run = tasks.run[row] as number;
    const key = taskKey(runs.runIndex[run] ?? -1, taskIndexes[row] as number);
    const seen = executions.get(key) ?? [];
    const finishedMs = tasks.finishedMs[row] as number;
    const status = taskStatuses[tasks.status[row] as number] ?? 'lost';
    if (status === 'lost') {
      const createdMs = tasks.createdMs[row] as number;
      const beginsMs = [
        tasks.dispatchedMs[row] as number,
        tasks.startedMs[row] as number,
        ...seen.map(({ atMs }) => atMs - seenLateMs),
      ].filter((ms) => !Number.isNaN(ms));
      if (Number.isNaN(createdMs)) note(after(Math.max(runs.sentMs[run] ?? Number.NaN, ...beginsMs)), 'lost', key);
      else note(beginsMs.length > 0 ? after(Math.max(createdMs, ...beginsMs)) : drafts.at(-1), 'stuck', key);
    } else if (status === 'finished') {
      const fault = before(finishedMs);
      if (fault && isLate(row)) note(fault, 'late', key);
    } else note(before(finishedMs), 'failed', key);
    const times = counted[row] as number;
    if (times <= 1) continue;
    const repeated = repetitions.get(key) ?? [];
    for (const { faultIndex } of repeated) {
      const fault = drafts[faultIndex];
      if (!fault) continue;
      fault.duplicates++;
      if (fault.tasks.executedTwice.at(-1) !== key) note(fault, 'executedTwice', key);
    }
    if (executions.size > 0) continue;
    // Without a time of its own a second execution began when the task's last attempt did.
    const fault = before(tasks.startedMs[row] ?? Number.NaN);
    if (!fault) continue;
    fault.duplicates += times - 1;
    note(fault, 'executedTwice', key);
  }
  for (let row = 0; row < runs.count; row++) {
    const fault = runStatuses[runs.status[row] as number] === 'rejected' ? before(runs.acknowledgedMs[row] as number) : undefined;
    if (fault) fault.refusedRuns++;
  }
  return drafts.map((draft, index) => ({
    ...draft,
    sentence: faultSentence(draft, index + 1 < drafts.length ? 'before the next fault' : 'within the load'),
  }));
});

/** Tasks created and not ended, at most, from one moment to another: looked at whenever one is created. */
function worstBacklog(experiment: Experiment, fromMs: number, toMs: number): number {
  const { tasks } = frameOf(experiment);
  const created = sortNumbers(tasks.createdMs);
  const ended = sortNumbers(tasks.finishedMs.filter((_, row) => !Number.isNaN(tasks.createdMs[row])));
  let worst = countUpTo(created, fromMs) - countUpTo(ended, fromMs);
  for (let index = countUpTo(created, fromMs); index < created.length && (created[index] as number) <= toMs; index++)
    worst = Math.max(worst, index + 1 - countUpTo(ended, created[index] as number));
  return created.length === 0 ? Number.NaN : worst;
}

/**
 * Tells which rows of tasks ended late: after more time than every one that ended before `firstMs`. The time is the response time; in a burst, where that
 * grows by itself, from when the task was dispatched.
 */
function lateness(experiment: Experiment, firstMs: number): (row: number) => boolean {
  const { runs, tasks, measured } = frameOf(experiment);
  const isBurst = arrival(experiment).kind === 'burst';
  const tookMs = (row: number): number =>
    (tasks.finishedMs[row] as number) -
    (isBurst ? (tasks.dispatchedMs[row] as number) : (runs.wantedMs[tasks.run[row] as number] ?? Number.NaN));
  const before = sortNumbers(
    Float64Array.from(
      measured.filter((row) => (tasks.finishedMs[row] as number) < firstMs),
      tookMs,
    ),
  );
  const limitMs = before.at(-1) ?? Number.NaN;
  // Where none ended before, nothing says what late is.
  return (row) => tookMs(row) > limitMs;
}
