import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ownTransactions } from '../database/own-work.ts';
import { reasonOf } from '../errors/error-reason.ts';
import type { Emit, Source } from '../results/rows.ts';
import { samplersEndSeconds } from '../timing/stop-limits.ts';
import { withLimit } from '../timing/with-limit.ts';
import type { FollowedProcesses } from './process-sampler.ts';
import type { SampledRows, SampledTable, SamplerMessage, SamplerOptions, ToSamplerThread } from './sampler-message.ts';

const startLimitSeconds = 20;
/** Of one reading: the thread itself gives a query 5 s. */
const readLimitSeconds = 10;
/** Its last reading, where nothing answers it any more. */
const lostLimitSeconds = 1;

/** The source of what is sampled: processes, host and Postgres with its waits and statements, read by a thread and handed over a few times a second. */
export class SamplerThread implements Source {
  readonly name = 'samples';
  private readonly options: Omit<SamplerOptions, 'ownTransactions'>;
  private readonly stopped = Promise.withResolvers<readonly string[]>();
  private readonly statementsRead: (() => void)[] = [];
  private thread: Worker | undefined;
  private failure: string | undefined;
  private isLost: () => boolean = () => false;

  constructor(options: Omit<SamplerOptions, 'ownTransactions'>) {
    this.options = options;
  }

  /** Starts the thread, and resolves when it samples. An abort of `signal` says that the database is gone: its last reading is not waited for. */
  async start(emit: Emit, signal?: AbortSignal): Promise<void> {
    this.isLost = () => signal?.aborted === true;
    const workerData: SamplerOptions = { ...this.options, ownTransactions: ownTransactions.shared };
    const thread = new Worker(new URL(`./sampler-thread${extname(import.meta.filename)}`, import.meta.url), { workerData });
    this.thread = thread;
    const ready = Promise.withResolvers<void>();
    // Without it the experiment goes on: what it would have read is missing, and that is said.
    const fail = (reason: string): void => {
      this.failure ??= `The sampler stopped before its time, processes, host and Postgres are not known from then on: ${reason}`;
      ready.resolve();
      this.stopped.resolve([this.failure]);
    };
    thread.on('error', (error) => fail(reasonOf(error)));
    thread.on('exit', (code) => fail(`its thread ended with code ${code}`));
    thread.on('message', (message: SamplerMessage) => {
      if (message.type === 'ready') ready.resolve();
      else if (message.type === 'rows') emitAll(emit, message.rows);
      else if (message.type === 'statements-read') this.statementsRead.shift()?.();
      else this.stopped.resolve(message.warnings);
    });
    await withLimit(ready.promise, startLimitSeconds, 'starting the sampler').catch(async (error: unknown) => {
      await thread.terminate();
      throw error;
    });
  }

  /** Samples these, too, from now on. */
  follow(processes: FollowedProcesses): void {
    this.tell({ type: 'follow', processes });
  }

  /** Reads now what statements have been executed; resolves when it is done, or can't be. */
  async readStatements(): Promise<void> {
    const read = new Promise<void>((resolve) => this.statementsRead.push(resolve));
    this.tell({ type: 'read-statements' });
    await withLimit(Promise.race([read, this.stopped.promise]), readLimitSeconds, 'reading the statements').catch(() => undefined);
  }

  private tell(message: ToSamplerThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, a thread has no origin
    if (this.failure === undefined) this.thread?.postMessage(message);
  }

  /** Takes the last samples; resolves with what the reader of the figures should know, a sentence each. */
  async stop(): Promise<readonly string[]> {
    this.tell({ type: 'stop' });
    try {
      return await withLimit(this.stopped.promise, this.isLost() ? lostLimitSeconds : samplersEndSeconds, 'stopping the sampler');
    } catch (error) {
      return [reasonOf(error)];
    } finally {
      await this.thread?.terminate();
    }
  }
}

function emitAll(emit: Emit, rows: SampledRows): void {
  for (const table of Object.keys(rows) as SampledTable[]) for (const row of rows[table]) emit(table, row);
}
