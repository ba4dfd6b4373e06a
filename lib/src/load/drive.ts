import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../timing/clock.ts';
import type { Load } from './schedule.ts';
import { type RunRecord, Submissions, Wakeup } from './submissions.ts';

export interface DriveOptions {
  readonly load: Load;
  /** Submits run `runIndex` and resolves with its id. */
  submit(runIndex: number, sentMs: number): Promise<string>;
  /** Submissions under way at once; further ones wait for a place, and are sent late. */
  readonly concurrency: number;
  /** Runs of an open load submitted and not ended at once; further ones wait. Default: no bound. */
  readonly maxInFlight?: number;
  /** Told which runs have ended. Needed for a closed load, and for `maxInFlight`. */
  readonly ended?: EndedRuns;
  /** Runs due in the first seconds are marked as warm-up. Default 0. */
  readonly warmUpSeconds?: number;
  readonly clock: Clock;
  /** Told of each run when its submission has ended, in whatever order that happens. */
  onRun(record: RunRecord): void;
  /** Ends the load: what was not sent by then is told as one, however much it is. */
  readonly signal: AbortSignal;
}

/** After the end of a load of given length, what is due is still sent for this long: a stall at its end is caught up too. */
const catchUpSeconds = 5;
/** Answers of the engine are waited for this long when the experiment has ended before. */
const answerLimitMs = 2000;
/** A place of a closed loop whose run was rejected is free again after this long: an engine that rejects is not to be flooded. */
const rejectionPauseMs = 100;

/** Runs without a wait between two turns of the event loop: timers, messages and files are not to stand still for a million of them. */
const runsInOneTurn = 1000;

/** How many of the runs that the driver submitted are known to have ended. Whoever watches the engine tells it. */
export class EndedRuns {
  private known = 0;
  private listener: (more: number) => void = () => undefined;

  get count(): number {
    return this.known;
  }

  /** Told `count` runs in all; never more than have ended. A reading that was overtaken by another one (a lower count) changes nothing. */
  tell(count: number): void {
    const more = count - this.known;
    if (more <= 0) return;
    this.known = count;
    this.listener(more);
  }

  /** Calls `listener` with how many more have ended; there is one listener. */
  onMore(listener: (more: number) => void): void {
    this.listener = listener;
  }
}

/** The rest of a load, that the end of the experiment kept from being sent. */
export interface UnsentRuns {
  /** The first of them in the schedule. */
  readonly fromRunIndex: number;
  /** NaN where the schedule does not say how many there would have been. */
  readonly count: number;
  /** Those that were due by then. */
  readonly due: number;
}

/**
 * Submits runs when they are due, and resolves when every submission has ended.
 *
 * Due times are counted from the first moment, not from the last submission: a stall is caught up, not forgotten. In a closed
 * load a run is due when the end of another one is known. A run that can't be sent waits its turn, in the order of due times:
 * - a load of a number of runs waits as long as it takes;
 * - in a load of a given length, a run that waits for `maxInFlight` when the load is over is dropped, and so is one that waits
 *   for a place in `concurrency` 5 seconds later.
 *
 * Every run whose turn came is one record: a submission that throws is `rejected`, one that was not sent is `dropped`, with the reason. Resolves
 * with the rest of the load, where the experiment ended before it was sent. Rejects with what `onRun` throws, and sends nothing more then.
 */
export async function drive(options: DriveOptions): Promise<UnsentRuns | undefined> {
  const { clock, signal, load, concurrency, ended, maxInFlight = Number.POSITIVE_INFINITY } = options;
  if (ended === undefined && (load.kind === 'closed' || Number.isFinite(maxInFlight)))
    throw new Error('drive: expected `ended` with a closed load or maxInFlight, got none');
  const startMs = clock.nowMs();
  const endMs = startMs + load.endSeconds * 1000;
  const catchUpEndMs = endMs + catchUpSeconds * 1000;
  const wakeup = new Wakeup();
  const submissions = new Submissions({ ...options, wakeup, warmUpEndMs: startMs + (options.warmUpSeconds ?? 0) * 1000 });
  const over = new AbortController();
  const wakeAt = (epochMs: number): void => {
    if (Number.isFinite(epochMs))
      void clock.waitUntil(epochMs, over.signal).then(
        () => wakeup.notify(),
        () => undefined,
      );
  };
  /** Waits until `isFree`; false when that did not happen before `limitMs`, or before the experiment ended. */
  const waitUntilFree = async (isFree: () => boolean, limitMs: number): Promise<boolean> => {
    while (!isFree()) {
      if (signal.aborted || clock.nowMs() >= limitMs) return false;
      await wakeup.next();
    }
    return true;
  };
  const onAbort = (): void => wakeup.notify();
  signal.addEventListener('abort', onAbort, { once: true });
  wakeAt(endMs);
  wakeAt(catchUpEndMs);
  try {
    const unsent = await (load.kind === 'open' ? driveOpen(load) : driveClosed(load));
    await waitForAnswers();
    return unsent;
  } finally {
    over.abort();
    signal.removeEventListener('abort', onAbort);
    ended?.onMore(() => undefined);
  }

  async function driveOpen({ due, runs }: Extract<Load, { kind: 'open' }>): Promise<UnsentRuns | undefined> {
    ended?.onMore(() => wakeup.notify());
    const hasRoom = (): boolean => submissions.outstanding - (ended?.count ?? 0) < maxInFlight;
    const schedule = due[Symbol.iterator]();
    let withoutWait = 0;
    let runIndex = 0;
    for (let next = schedule.next(); !next.done; next = schedule.next()) {
      const dueMs = startMs + next.value * 1000;
      if (dueMs > clock.nowMs()) withoutWait = 0;
      else if (++withoutWait % runsInOneTurn === 0) await nextTurn();
      await clock.waitUntil(dueMs, signal).catch(() => undefined);
      submissions.throwIfFailed();
      const isFree = await waitUntilFree(hasRoom, endMs);
      if (signal.aborted) return countUnsent(runIndex, runs, dueMs, schedule);
      if (!isFree) submissions.drop(runIndex, dueMs, `the load ended while ${maxInFlight} runs were in flight (max_in_flight)`);
      else if (!(await sendOrDrop(runIndex, dueMs))) return countUnsent(runIndex, runs, dueMs, schedule);
      runIndex++;
    }
    return undefined;
  }

  /** Counts those that were due, the one whose turn it was among them. */
  async function countUnsent(fromRunIndex: number, runs: number, firstDueMs: number, rest: Iterator<number>): Promise<UnsentRuns> {
    const nowMs = clock.nowMs();
    let dueCount = firstDueMs <= nowMs ? 1 : 0;
    for (let next = rest.next(); dueCount > 0 && !next.done && startMs + next.value * 1000 <= nowMs; next = rest.next())
      if (++dueCount % (100 * runsInOneTurn) === 0) await nextTurn();
    return { fromRunIndex, count: runs - fromRunIndex, due: dueCount };
  }

  async function driveClosed({ inFlight, runs }: Extract<Load, { kind: 'closed' }>): Promise<UnsentRuns | undefined> {
    const free: number[] = Array.from({ length: Math.min(inFlight, runs) }, () => startMs);
    const release = (places: number): void => {
      for (let place = 0; place < places; place++) free.push(clock.nowMs());
      wakeup.notify();
    };
    ended?.onMore(release);
    submissions.onRejected = () =>
      void clock.waitUntil(clock.nowMs() + rejectionPauseMs, over.signal).then(
        () => release(1),
        () => undefined,
      );
    let runIndex = 0;
    for (; runIndex < runs; runIndex++) {
      submissions.throwIfFailed();
      await waitUntilFree(() => free.length > 0, endMs);
      const dueMs = free.shift();
      if (dueMs === undefined || dueMs >= endMs || !(await sendOrDrop(runIndex, dueMs))) break;
    }
    // Those of a given number whose turn never came: in a closed loop they were not due.
    return Number.isFinite(runs) && runIndex < runs ? { fromRunIndex: runIndex, count: runs - runIndex, due: 0 } : undefined;
  }

  /** False, with nothing done, when the experiment has ended. */
  async function sendOrDrop(runIndex: number, dueMs: number): Promise<boolean> {
    const isFree = await waitUntilFree(() => submissions.underWay < concurrency, catchUpEndMs);
    if (signal.aborted) return false;
    if (isFree) submissions.send(runIndex, dueMs);
    else
      submissions.drop(
        runIndex,
        dueMs,
        `not sent within ${catchUpSeconds} s after the end of the load: ${concurrency} submissions were under way (submit_concurrency)`,
      );
    return true;
  }

  async function waitForAnswers(): Promise<void> {
    if (await waitUntilFree(() => submissions.underWay === 0, Number.POSITIVE_INFINITY)) {
      submissions.throwIfFailed();
      return;
    }
    const limitMs = clock.nowMs() + answerLimitMs;
    wakeAt(limitMs);
    while (submissions.underWay > 0 && clock.nowMs() < limitMs) await wakeup.next();
    submissions.abandon('the engine had not answered when the experiment ended');
  }
}
