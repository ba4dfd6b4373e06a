import type { Clock } from '../timing/clock.ts';
import type { Schedule } from './schedule.ts';

/** What became of one run that the schedule wanted. Times are epoch milliseconds; NaN: did not happen. */
export interface RunRecord {
  readonly runIndex: number;
  /** Empty unless submitted. */
  readonly runId: string;
  readonly dueMs: number;
  readonly sentMs: number;
  readonly acknowledgedMs: number;
  readonly status: 'submitted' | 'rejected' | 'dropped';
  readonly error: string;
}

export interface DriveOptions {
  readonly schedule: Schedule;
  /** Submits run `runIndex` and resolves with its id. */
  submit(runIndex: number): Promise<string>;
  /** Submissions under way at once; further ones wait for a place, and are sent late rather than never. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Told of each run when its submission has ended, in whatever order that happens. */
  onRun(record: RunRecord): void;
  /** Ends the load: what was not sent by then is reported as dropped. */
  readonly signal: AbortSignal;
}

/**
 * Submits runs when they are due, and resolves when every submission has ended.
 *
 * Due times are counted from the first moment, not from the last submission: a stall is caught up, not forgotten.
 * A submission that throws is a row (`rejected`), as is one that was never sent (`dropped`).
 */
export async function drive(options: DriveOptions): Promise<void> {
  const { clock, signal } = options;
  const startMs = clock.nowMs();
  const underWay = new Set<Promise<void>>();
  let runIndex = 0;
  for (const dueSeconds of options.schedule) {
    const dueMs = startMs + dueSeconds * 1000;
    const isSent = await waitForTurn(dueMs);
    if (isSent) {
      const submission = submitOne(runIndex, dueMs).finally(() => underWay.delete(submission));
      underWay.add(submission);
    } else {
      options.onRun({
        runIndex,
        runId: '',
        dueMs,
        sentMs: Number.NaN,
        acknowledgedMs: Number.NaN,
        status: 'dropped',
        error: 'the experiment ended before',
      });
    }
    runIndex++;
  }
  await Promise.all(underWay);

  async function waitForTurn(dueMs: number): Promise<boolean> {
    try {
      await clock.waitUntil(dueMs, signal);
    } catch {
      return false;
    }
    while (underWay.size >= options.concurrency && !signal.aborted) await Promise.race(underWay);
    return !signal.aborted;
  }

  async function submitOne(index: number, dueMs: number): Promise<void> {
    const sentMs = clock.nowMs();
    try {
      const runId = await options.submit(index);
      options.onRun({ runIndex: index, runId, dueMs, sentMs, acknowledgedMs: clock.nowMs(), status: 'submitted', error: '' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      options.onRun({ runIndex: index, runId: '', dueMs, sentMs, acknowledgedMs: clock.nowMs(), status: 'rejected', error: message });
    }
  }
}
