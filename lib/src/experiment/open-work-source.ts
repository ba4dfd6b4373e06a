import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ownTransactions } from '../database/own-work.ts';
import { reasonOf } from '../errors/error-reason.ts';
import type { EndedRuns } from '../load/drive.ts';
import type { SharedCount } from '../processes/shared-count.ts';
import type { RunWatch } from '../results/manifest.ts';
import type { Emit, Source } from '../results/rows.ts';
import type { Row } from '../results/tables.ts';
import { openCounter } from '../targets/open-counter.ts';
import type { OpenQuery, Target } from '../targets/target.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';
import { OpenWork } from './open-work.ts';

/** What the thread is started with. */
export interface OpenWorkThreadData {
  /** Holds the password: never shown or written. */
  readonly databaseUrl: string;
  readonly query: OpenQuery;
  /** Whether the driver waits for runs to end. */
  readonly isWatched: boolean;
  /** Of the runs that the engine has accepted. */
  readonly accepted: SharedArrayBuffer;
  /** Of their tasks. */
  readonly acceptedTasks: SharedArrayBuffer;
  readonly ownTransactions: SharedArrayBuffer;
}

export type ToCountThread = 'watch ends' | 'lost' | 'stop';

export type FromCountThread =
  | { readonly type: 'ready' }
  | { readonly type: 'row'; readonly row: Row<'counts'> }
  | { readonly type: 'ended'; readonly runs: number }
  | { readonly type: 'stopped'; readonly warnings: readonly string[]; readonly cost?: RunWatch };

export interface OpenWorkSourceOptions {
  readonly target: Pick<Target, 'open'>;
  readonly databaseUrl: string;
  /** Runs that the engine has accepted so far. */
  readonly accepted: SharedCount;
  /** Tasks of those. */
  readonly acceptedTasks: SharedCount;
  /** Told which runs have ended, in a closed or bounded load. Left out: nobody waits for them. */
  readonly ended?: EndedRuns | undefined;
  /** Told why nothing is counted any more: without counts no experiment ends. */
  readonly onFailure: (reason: string) => void;
}

const startLimitSeconds = 20;
const stopLimitSeconds = 5;

/**
 * The source of the counts. A target's query is asked by a thread; only where a target gives a function is it called in this one, the
 * driver's. A count that is slow or fails ends nothing.
 */
export class OpenWorkSource implements Source {
  readonly name = 'counts';
  private readonly options: OpenWorkSourceOptions;
  private readonly stopped = Promise.withResolvers<readonly string[]>();
  private here: OpenWork | undefined;
  private thread: Worker | undefined;
  private cost: RunWatch | undefined;
  private hasFailed = false;

  constructor(options: OpenWorkSourceOptions) {
    this.options = options;
  }

  /** Resolves when it counts. An abort of `signal` ends the counting: the database is gone. */
  async start(emit: Emit, signal: AbortSignal): Promise<void> {
    const { target, databaseUrl, accepted, acceptedTasks, ended } = this.options;
    const { open } = target;
    const onRow = (row: Row<'counts'>): void => emit('counts', row);
    if (typeof open !== 'function') return this.startThread(open, onRow, signal);
    this.here = new OpenWork({
      counter: openCounter(open, databaseUrl),
      clock,
      accepted: () => accepted.value,
      acceptedTasks: () => acceptedTasks.value,
      onRow,
      ...(ended && { onEnded: (runs) => ended.tell(runs) }),
    });
    this.here.start(signal);
  }

  private async startThread(query: OpenQuery, onRow: (row: Row<'counts'>) => void, signal: AbortSignal): Promise<void> {
    const { databaseUrl, accepted, acceptedTasks, ended } = this.options;
    const workerData: OpenWorkThreadData = {
      databaseUrl,
      query,
      isWatched: ended !== undefined,
      accepted: accepted.shared,
      acceptedTasks: acceptedTasks.shared,
      ownTransactions: ownTransactions.shared,
    };
    const thread = new Worker(new URL(`./open-work-thread${extname(import.meta.filename)}`, import.meta.url), {
      workerData,
      // What it makes lives for one count.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.thread = thread;
    const ready = Promise.withResolvers<void>();
    thread.on('message', (message: FromCountThread) => {
      if (message.type === 'row') onRow(message.row);
      else if (message.type === 'ended') ended?.tell(message.runs);
      else if (message.type === 'ready') ready.resolve();
      else {
        this.cost = message.cost;
        this.stopped.resolve(message.warnings);
      }
    });
    const fail = (reason: string): void => {
      if (this.hasFailed) return;
      this.hasFailed = true;
      this.options.onFailure(`what is open can't be counted any more: ${reason}`);
      ready.resolve();
      this.stopped.resolve([]);
    };
    thread.on('error', (error) => fail(reasonOf(error)));
    thread.on('exit', (code) => fail(`the thread that counts it ended with code ${code}`));
    signal.addEventListener('abort', () => this.tell('lost'), { once: true });
    await withLimit(ready.promise, startLimitSeconds, 'starting to count what is open').catch(async (error: unknown) => {
      await this.end();
      throw error;
    });
  }

  /** The load is over: nobody waits for a run to end any more. */
  endWatch(): void {
    this.here?.endWatch();
    this.tell('watch ends');
  }

  /** What the watch over the runs in flight cost, when it has stopped; undefined where there was none. */
  watchCost(): RunWatch | undefined {
    return this.here ? this.here.watchCost() : this.cost;
  }

  /** A look that is under way is given up, however long the engine would take for it. */
  async stop(): Promise<readonly string[]> {
    if (this.here) return this.here.stop();
    this.tell('stop');
    try {
      return await withLimit(this.stopped.promise, stopLimitSeconds, 'ending the counts of what is open');
    } catch (error) {
      return [reasonOf(error)];
    } finally {
      await this.end();
    }
  }

  private tell(message: ToCountThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, a thread has no origin
    this.thread?.postMessage(message);
  }

  private async end(): Promise<void> {
    this.hasFailed = true; // that it ends is no failure any more
    this.stopped.resolve([]);
    await this.thread?.terminate();
  }
}
