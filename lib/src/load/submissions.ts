import { reasonOf } from '../errors/error-reason.ts';
import type { Clock } from '../timing/clock.ts';

/** What became of one run that the schedule wanted. Times are epoch milliseconds; NaN: did not happen. */
export interface RunRecord {
  readonly runIndex: number;
  /** Empty unless submitted. */
  readonly runId: string;
  /** NaN for a run of a closed loop whose turn never came. */
  readonly dueMs: number;
  readonly sentMs: number;
  readonly acknowledgedMs: number;
  /** rejected: the engine's submit threw, or had not answered when the experiment ended. */
  readonly status: 'submitted' | 'rejected' | 'dropped';
  readonly error: string;
  /** Due in the warm-up: in no figure. */
  readonly warmUp: boolean;
}

export interface SubmissionsOptions {
  /** `sentMs` is the moment that the record will have. */
  submit(runIndex: number, sentMs: number): Promise<string>;
  onRun(record: RunRecord): void;
  readonly clock: Clock;
  /** Notified when a submission has ended. */
  readonly wakeup: Wakeup;
  /** Runs due before are of the warm-up, epoch milliseconds. */
  readonly warmUpEndMs: number;
}

/** Lets those who wait for a change of state look again. */
export class Wakeup {
  private nextChange = Promise.withResolvers<void>();

  /** Resolves at the next `notify`. */
  async next(): Promise<void> {
    return this.nextChange.promise;
  }

  notify(): void {
    const { resolve } = this.nextChange;
    this.nextChange = Promise.withResolvers<void>();
    resolve();
  }
}

/** The submissions of a load: each run that is handed to `send` or `drop` becomes exactly one record. */
export class Submissions {
  private readonly options: SubmissionsOptions;
  private readonly unanswered = new Map<number, { readonly dueMs: number; readonly sentMs: number }>();
  private failure: { readonly error: unknown } | undefined;
  /** Runs sent, and not rejected. */
  outstanding = 0;
  /** Called when one was rejected. */
  onRejected: () => void = () => undefined;

  constructor(options: SubmissionsOptions) {
    this.options = options;
  }

  /** Submissions that the engine has not answered. */
  get underWay(): number {
    return this.unanswered.size;
  }

  send(runIndex: number, dueMs: number): void {
    const sentMs = this.options.clock.nowMs();
    this.unanswered.set(runIndex, { dueMs, sentMs });
    this.outstanding++;
    this.submit(runIndex, dueMs, sentMs).catch((error: unknown) => {
      // What was to be done with its record failed: nothing more is recorded.
      this.failure ??= { error };
      this.options.wakeup.notify();
    });
  }

  /** Throws the first error there was in recording a run. */
  throwIfFailed(): void {
    if (this.failure) throw this.failure.error;
  }

  drop(runIndex: number, dueMs: number, reason: string): void {
    this.report({ runIndex, runId: '', dueMs, sentMs: Number.NaN, acknowledgedMs: Number.NaN, status: 'dropped', error: reason });
  }

  /** Waits for no more answers: what is under way is reported as rejected, and a late answer is nobody's. */
  abandon(reason: string): void {
    for (const [runIndex, times] of this.unanswered)
      this.report({ runIndex, runId: '', ...times, acknowledgedMs: Number.NaN, status: 'rejected', error: reason });
    this.unanswered.clear();
  }

  private async submit(runIndex: number, dueMs: number, sentMs: number): Promise<void> {
    const { clock, wakeup } = this.options;
    let outcome: Pick<RunRecord, 'runId' | 'status' | 'error'>;
    try {
      outcome = { runId: await this.options.submit(runIndex, sentMs), status: 'submitted', error: '' };
    } catch (error) {
      outcome = { runId: '', status: 'rejected', error: reasonOf(error) };
    }
    if (!this.unanswered.delete(runIndex)) return;
    this.report({ runIndex, dueMs, sentMs, acknowledgedMs: clock.nowMs(), ...outcome });
    if (outcome.status === 'rejected') {
      this.outstanding--;
      this.onRejected();
    }
    wakeup.notify();
  }

  private report(record: Omit<RunRecord, 'warmUp'>): void {
    this.options.onRun({ ...record, warmUp: record.dueMs < this.options.warmUpEndMs });
  }
}
