import { reasonOf } from '../errors/error-reason.ts';
import type { RunWatch } from '../results/manifest.ts';
import type { Row } from '../results/tables.ts';
import { ReadingFailures, type Sampler, sampleEvery } from '../sampling/sample-every.ts';
import { type OpenCounter, answerLimitSeconds } from '../targets/open-counter.ts';
import type { Clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';

/** As often as progress is drawn: only that, and the end of the experiment, come from counts; every figure comes from the tasks' own times. */
const rowIntervalMs = 250;
/** A long experiment is counted more rarely: each pause is at most this share of how long it has lasted, and a second at most. */
const pauseRatio = 1 / 40;
const longestPauseMs = 1000;
/** Counting may take at most this share of the time. */
const dutyRatio = 0.05;

/** While the driver waits for runs to end, in a closed or bounded load. */
const watchIntervalMs = 5;
/** Looking may take at most this share of the time then: with a slow engine places are seen later, but the engine is not slowed more. */
const watchDutyRatio = 0.2;
/** Looks that are further apart than this leave places unused that one would think taken. */
const slowIntervalMs = 50;

export interface OpenWorkOptions {
  readonly counter: Pick<OpenCounter, 'count'>;
  readonly clock: Clock;
  /** Runs that the engine has accepted so far. */
  readonly accepted: () => number;
  /** Tasks of those. */
  readonly acceptedTasks: () => number;
  readonly onRow: (row: Row<'counts'>) => void;
  /** Told how many runs have ended, in a closed or bounded load. Left out: nobody waits for them. */
  readonly onEnded?: ((runs: number) => void) | undefined;
}

/**
 * Counts what the engine has accepted and not ended, over and over. What was submitted and is not open has ended.
 *
 * In a closed or bounded load it is asked up to 200 times a second, until `endWatch`, and errs on the safe side: a run that ends is noticed
 * up to 5 ms and a reading later (a slow reading: five times its own length), so that there are never more runs in flight than asked
 * for, and for that long fewer. A count that fails or is slow ends nothing: whether the database lives is asked elsewhere.
 */
export class OpenWork {
  private readonly options: OpenWorkOptions;
  private readonly failures = new ReadingFailures();
  private readonly stopping = new AbortController();
  private sampler: Sampler | undefined;
  private startMs = Number.NaN;
  private rowMs = Number.NEGATIVE_INFINITY;
  private isWatching: boolean;
  private readonly watch = { reads: 0, failures: 0, readMs: 0, endMs: Number.NaN };
  private firstFailure: string | undefined;

  constructor(options: OpenWorkOptions) {
    this.options = options;
    this.isWatching = options.onEnded !== undefined;
  }

  /** From now on, until `stop`. An abort of `signal` ends the counting: the database is gone. */
  start(signal: AbortSignal): void {
    const { clock, onEnded } = this.options;
    this.startMs = clock.nowMs();
    const noteFailure = this.failures.of('counts');
    const giveUp = AbortSignal.any([signal, this.stopping.signal]);
    let tookMs = 0;
    this.sampler = sampleEvery({
      intervalMs: onEnded ? watchIntervalMs : rowIntervalMs,
      dutyRatio: onEnded ? watchDutyRatio : dutyRatio,
      leastPauseMs: () => {
        if (this.isWatching) return 0;
        // The next point of the grid comes after it.
        return Math.max(
          rowIntervalMs - watchIntervalMs,
          tookMs / dutyRatio,
          Math.min((clock.nowMs() - this.startMs) * pauseRatio, longestPauseMs),
        );
      },
      clock,
      read: async () => {
        if (giveUp.aborted) return;
        const beganMs = clock.nowMs();
        await this.read(giveUp).finally(() => (tookMs = clock.nowMs() - beganMs));
      },
      onError: (error) => {
        if (giveUp.aborted) return;
        noteFailure(error);
        if (!this.isWatching) return;
        this.watch.failures++;
        this.firstFailure ??= reasonOf(error);
      },
    });
  }

  private async read(signal: AbortSignal): Promise<void> {
    const { counter, clock, accepted, acceptedTasks, onRow, onEnded } = this.options;
    const atMs = clock.nowMs();
    // Taken before the engine is asked: a run accepted while it counts must not seem to have ended.
    const submittedRuns = accepted();
    const submittedTasks = acceptedTasks();
    const open = await withLimit(counter.count(submittedRuns), answerLimitSeconds, 'counting the open runs and tasks', signal);
    const readMs = clock.nowMs() - atMs;
    onEnded?.(submittedRuns - open.runs);
    if (this.isWatching) {
      this.watch.reads++;
      this.watch.readMs += readMs;
      if (atMs - this.rowMs < rowIntervalMs) return;
    }
    this.rowMs = atMs;
    onRow({ atMs, readMs, submittedRuns, submittedTasks, openRuns: open.runs, openTasks: open.tasks });
  }

  /** The load is over: nobody waits for a run to end any more. */
  endWatch(): void {
    this.isWatching = false;
    this.watch.endMs = this.options.clock.nowMs();
  }

  /** What the watch over the runs in flight cost; undefined where there was none. */
  watchCost(): RunWatch | undefined {
    if (!this.options.onEnded) return undefined;
    const { reads, failures, readMs, endMs } = this.watch;
    return {
      reads,
      failures,
      ...(this.firstFailure === undefined ? {} : { firstFailure: this.firstFailure }),
      readMsMean: reads > 0 ? readMs / reads : 0,
      intervalMsMean: reads > 0 ? (endMs - this.startMs) / reads : 0,
    };
  }

  /** A look that is under way is given up, however long the engine would take for it. */
  async stop(): Promise<readonly string[]> {
    this.stopping.abort();
    await this.sampler?.stop();
    const cost = this.watchCost();
    return [
      ...this.failures.warnings(),
      ...(cost && cost.intervalMsMean > slowIntervalMs
        ? [
            `Runs in flight were counted every ${cost.intervalMsMean.toFixed(0)} ms only (aim ${watchIntervalMs} ms): places became free that much before they were used.`,
          ]
        : []),
    ];
  }
}
