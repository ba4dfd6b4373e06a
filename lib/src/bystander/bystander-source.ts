import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Bystander } from '../config/perf-config.ts';
import { ownTransactions } from '../database/own-work.ts';
import { reasonOf } from '../errors/error-reason.ts';
import type { Emit, Source } from '../results/rows.ts';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';

/** What the thread is started with. */
export interface BystanderThreadData {
  /** Holds the password: never shown or written. */
  readonly databaseUrl: string;
  /** Transactions a second. */
  readonly rate: number;
  readonly seed: number;
  readonly ownTransactions: SharedArrayBuffer;
}

export type ToBystander = 'stop';

export type FromBystander =
  | { readonly type: 'ready' }
  | { readonly type: 'rows'; readonly rows: readonly Row<'bystander'>[] }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'stopped' };

const startLimitSeconds = 30;
/** Answers that are waited for, connections that are closed. */
const stopLimitSeconds = 5;

/** The source of the bystander's transactions: a thread that sends them when they are due, whatever the queue does. */
export class BystanderSource implements Source, AsyncDisposable {
  readonly name = 'bystander';
  private readonly options: Bystander & { readonly databaseUrl: string };
  private readonly stopped = Promise.withResolvers<void>();
  private thread: Worker | undefined;
  private failure: string | undefined;

  constructor(options: Bystander & { readonly databaseUrl: string }) {
    this.options = options;
  }

  /** Resolves when its first transaction is due. Throws when its tables can't be made. */
  async start(emit: Emit, signal: AbortSignal): Promise<void> {
    const { databaseUrl, rate, seed } = this.options;
    const workerData: BystanderThreadData = { databaseUrl, rate, seed, ownTransactions: ownTransactions.shared };
    const thread = new Worker(new URL(`./bystander-thread${extname(import.meta.filename)}`, import.meta.url), { workerData });
    this.thread = thread;
    const ready = Promise.withResolvers<void>();
    const fail = (reason: string): void => {
      this.failure ??= reason;
      ready.reject(new Error(`the bystander can't work: ${reason}`));
      this.stopped.resolve();
    };
    thread.on('message', (message: FromBystander) => {
      if (message.type === 'ready') ready.resolve();
      else if (message.type === 'rows') for (const row of message.rows) emit('bystander', row);
      else if (message.type === 'failed') fail(message.reason);
      else this.stopped.resolve();
    });
    thread.on('error', (error) => fail(reasonOf(error)));
    thread.on('exit', (code) => fail(`its thread ended with code ${code}`));
    await withLimit(ready.promise, startLimitSeconds, 'starting the bystander', signal).catch(async (error: unknown) => {
      await thread.terminate();
      throw error;
    });
  }

  /** Resolves when the schedulers may start. Rejects when `signal` is aborted before. */
  async beAlone(clock: Clock, signal: AbortSignal): Promise<void> {
    await clock.waitUntil(clock.nowMs() + this.options.alone_seconds * 1000, signal);
  }

  /** Sends nothing more, and hands over what has been answered. */
  async stop(): Promise<readonly string[]> {
    const { thread } = this;
    if (!thread) return [];
    this.thread = undefined;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, a thread has no origin
    thread.postMessage('stop' satisfies ToBystander);
    await withLimit(this.stopped.promise, stopLimitSeconds, 'stopping the bystander').catch((error: unknown) => {
      this.failure ??= reasonOf(error);
    });
    const { failure } = this;
    await thread.terminate();
    return failure === undefined ? [] : [`The bystander stopped before its time, its transactions are not known from then on: ${failure}.`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
