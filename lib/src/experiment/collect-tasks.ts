import { ableMs } from '../config/delay.ts';
import type { TaskLedger } from '../results/manifest.ts';
import type { PhaseHistograms } from '../results/phase-histograms.ts';
import type { RowStream } from '../results/rows.ts';
import type { TaskRow } from '../targets/target.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { withLimit } from '../timing/with-limit.ts';
import { type EvidenceCount, readEvidence } from './read-evidence.ts';
import type { RunIndex } from './run-index.ts';
import { type TimeOutOfOrder, columnOf, timesOutOfOrder } from './task-row-problems.ts';

/** Where the tasks of an experiment ended, and what did not add up. */
export interface Collected {
  readonly ledger: TaskLedger;
  /** Why the ledger does not add up, which fails the experiment; empty when it does. */
  readonly failure: string;
  /** The part of it that is about tasks which nobody asked for; empty when there are none. */
  readonly surplus: string;
  readonly warnings: readonly string[];
}

export interface CollectOptions {
  /** What the tasks themselves left, see targets/evidence.ts. Left out, executions are not known. */
  readonly evidence?: {
    readonly path: string;
    /** Whether the tasks are known to leave evidence, so that none means that none began. */
    readonly isExpected: boolean;
  };
  /** Where the times of tasks go that finished after the warm-up. */
  readonly histograms?: PhaseHistograms;
  /**
   * When the experiment was over, by the driver's clock, where it ended before its tasks had: what the engine ended later was ended by our
   * stop, or is nobody's. Default: all had ended.
   */
  readonly overMs?: number;
  /** Whether losses are what is looked for, after faults: they are told, and fail nothing. Default: no. */
  readonly lossIsFinding?: boolean;
  /** Told how many tasks have been read, with each batch. */
  readonly onRows?: (count: number) => void;
  /** An abort ends the reading with its reason: the database is gone. */
  readonly signal?: AbortSignal;
  /** Sets the times of a task to the driver's clock. Default: they are. */
  readonly toDriverClock?: (task: TaskRow) => TaskRow;
}

/** Lost tasks written between two turns of the event loop: a million must not hold up everything else. */
const lostBatch = 10_000;

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
 * Writes every task that was submitted to the tasks table, also those that the engine knows nothing of, and counts how they ended
 * and how often they were executed. What ended after the experiment was over is lost: stopping a scheduler makes its tasks fail.
 *
 * The times of those that finished after the warm-up go into `histograms`.
 *
 * Lost tasks fail the experiment, and so do tasks that the engine has twice or was not asked for: its account is not that of the
 * driver. Duplicates, ghosts and finished tasks that never began are warnings: an engine may promise no more than at least once.
 */
export async function collectTasks(
  source: AsyncIterable<readonly TaskRow[]>,
  runs: RunIndex,
  rows: Pick<RowStream, 'emit' | 'ready'>,
  { evidence, histograms, overMs = Infinity, onRows, toDriverClock = (task) => task, signal, lossIsFinding = false }: CollectOptions = {},
): Promise<Collected> {
  const counted = evidence && (await readEvidence(evidence.path, runs));
  for (const firing of counted?.firings ?? []) rows.emit('firings', firing);
  const isKnown = evidence !== undefined && counted !== undefined && (evidence.isExpected || counted.executions > 0);
  const counts = { finished: 0, failed: 0, cancelled: 0, lost: 0 };
  const tally = { duplicates: 0, finishedUnseen: 0 };
  const timeless = { createdMs: 0, startedMs: 0, finishedMs: 0 };
  const disorder = { tasks: 0, worst: undefined as TimeOutOfOrder | undefined };
  const executionsOf = (runIndex: number, taskIndex: number, status: EndState): number => {
    if (!isKnown) return -1;
    const executions = runs.executionsOf(runIndex, taskIndex);
    tally.duplicates += runs.duplicatesOf(runIndex, taskIndex);
    if (executions === 0 && status === 'finished') tally.finishedUnseen++;
    return executions;
  };

  let surplus = 0;
  let read = 0;
  for await (const batch of withSilenceLimit(source, signal)) {
    for (const row of batch) {
      const runIndex = runs.indexOf(row.runId);
      if (!runs.account(runIndex, row.taskIndex)) {
        surplus++;
        continue;
      }
      const onDriverClock = toDriverClock(row);
      const isLate = onDriverClock.finishedMs > overMs || (Number.isNaN(row.finishedMs) && runs.wasOpen(runIndex, row.taskIndex));
      const status = isLate ? 'lost' : endStates[row.status];
      counts[status]++;
      if (status === 'finished') for (const time of requiredTimes) if (Number.isNaN(row[time])) timeless[time]++;
      const [wrong] = timesOutOfOrder(onDriverClock);
      if (wrong) {
        disorder.tasks++;
        if (wrong.ms > (disorder.worst?.ms ?? 0)) disorder.worst = wrong;
      }
      rows.emit('tasks', { ...onDriverClock, runIndex, status, executions: executionsOf(runIndex, row.taskIndex, status) });
      const wantedMs = runs.measuredWantedMs(runIndex);
      if (status === 'finished' && wantedMs !== undefined) {
        // In a delayed run, `wantedMs` is what it asked for; in any other, a task is created after that.
        const createdMs = ableMs(onDriverClock.createdMs, runs.delay === undefined ? Number.NaN : wantedMs, onDriverClock.dispatchedMs);
        histograms?.add({ ...onDriverClock, createdMs, wantedMs });
      }
    }
    await rows.ready();
    onRows?.((read += batch.length));
  }
  const never = { createdMs: Number.NaN, dispatchedMs: Number.NaN, startedMs: Number.NaN, finishedMs: Number.NaN, attempts: 0 };
  for (const task of runs.unaccounted()) {
    if (++counts.lost % lostBatch === 0) {
      await rows.ready();
      await nextTurn();
    }
    rows.emit('tasks', { ...task, status: 'lost', ...never, executions: executionsOf(task.runIndex, task.taskIndex, 'lost') });
  }

  const { submittedTasks: submitted, rejectedTasks } = runs;
  const ledger = { submitted, ...counts, duplicates: isKnown ? tally.duplicates : null, ghosts: isKnown ? counted.ghosts : null };
  const lost = counts.lost > 0 ? [`${counts.lost} of ${submitted} tasks were lost: the engine has no end of them`] : [];
  const more = surplus > 0 ? [`the engine has ${surplus} tasks that were not asked for, or twice (they are in no figure)`] : [];
  const fails = lossIsFinding ? { lost: [], more: surplus > rejectedTasks ? more : [] } : { lost, more };
  return {
    ledger,
    failure: [...fails.lost, ...fails.more].join('; '),
    surplus: more.join(''),
    warnings: [
      ...[...lost, ...more].filter((words) => ![...fails.lost, ...fails.more].includes(words)).map((words) => `${words}.`),
      ...(runs.adoptedRuns > 0
        ? [
            `${runs.adoptedRuns} submissions that were not answered, and count as rejected, had reached the engine: their tasks are in the tables.`,
          ]
        : []),
      ...(isKnown ? evidenceWarnings(counted, tally) : evidence ? [noEvidence] : []),
      ...requiredTimes.flatMap((time) => (timeless[time] > 0 ? [timelessWarning(timeless[time], time)] : [])),
      ...(disorder.worst ? [disorderWarning(disorder.tasks, disorder.worst)] : []),
    ],
  };
}

/** Those that every finished task has; an engine need not record when it dispatched one. */
const requiredTimes = ['createdMs', 'startedMs', 'finishedMs'] as const;

function timelessWarning(tasks: number, time: (typeof requiredTimes)[number]): string {
  return `The ${columnOf(time)} of ${tasks} finished tasks is NULL: they are in no figure that needs it.`;
}

/** The engine's first row may take a sort of all of them; of the next ones each is on its way. */
const firstRowsLimitSeconds = 300;
const nextRowsLimitSeconds = 60;

/** The rows as they come. Throws when none came for so long: what makes progress has no limit. */
async function* withSilenceLimit(source: AsyncIterable<readonly TaskRow[]>, signal?: AbortSignal): AsyncGenerator<readonly TaskRow[]> {
  const rows = source[Symbol.asyncIterator]();
  for (let limitSeconds = firstRowsLimitSeconds; ; limitSeconds = nextRowsLimitSeconds) {
    const { done, value } = await withLimit(rows.next(), limitSeconds, 'reading the next rows of the tasks', signal);
    if (done) return;
    yield value;
  }
}

/**
 * Notes in `runs` which tasks have not ended: before the schedulers are stopped, for an engine that writes down that a task failed, but not
 * when. Looks no longer than 10 s, and gives up where the database does not answer: then only times tell.
 */
export async function noteOpenTasks(source: AsyncIterable<readonly TaskRow[]>, runs: RunIndex, signal?: AbortSignal): Promise<void> {
  const look = async (): Promise<void> => {
    for await (const rows of source)
      for (const { runId, taskIndex, status } of rows) if (endStates[status] === 'lost') runs.markOpen(runId, taskIndex);
  };
  await withLimit(look(), noteLimitSeconds, 'looking at the open tasks', signal).catch(() => undefined);
}

const noteLimitSeconds = 10;

function disorderWarning(tasks: number, { time, after, ms }: TimeOutOfOrder): string {
  const name = (column: string): string => column.slice(0, -2);
  return `${tasks} tasks have times in an impossible order (${name(time)} up to ${ms.toFixed(0)} ms before ${name(after)}): clocks differ, or changed, and figures made of these times are wrong.`;
}

const noEvidence =
  'The tasks left no evidence of their executions (their script does not append to $ORCHLAB_EVIDENCE): duplicates can not be told.';

function evidenceWarnings(
  counted: EvidenceCount,
  { duplicates, finishedUnseen }: Record<'duplicates' | 'finishedUnseen', number>,
): string[] {
  const { ghosts, ghostExamples, unreadable } = counted;
  return [
    ...(duplicates > 0
      ? [
          `Tasks were executed ${duplicates} times more than once each, retries of failed ones aside: column executions of tasks.arrow says which.`,
        ]
      : []),
    ...(ghosts > 0 ? [`There were ${ghosts} executions of tasks that nobody submitted, for instance ${ghostExamples.join(', ')}.`] : []),
    ...(finishedUnseen > 0
      ? [`The engine says of ${finishedUnseen} tasks that they finished, but they left no evidence of having begun (executions 0).`]
      : []),
    ...(unreadable > 0 ? [`${unreadable} lines of evidence could not be read: executions may be too low.`] : []),
  ];
}
