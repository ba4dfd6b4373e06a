import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BatchBuilder, type ColumnBatch, transferable } from './column-batch.ts';
import type { Sink } from './rows.ts';
import type { Labels } from './table-writer.ts';
import { type Row, type TableName, tableNames } from './tables.ts';

/** What the thread is told: rows of some tables, or that there are no more. */
export type ToFilesThread = { readonly type: 'rows'; readonly batches: readonly TableBatch[] } | { readonly type: 'close' };

export interface TableBatch {
  readonly table: TableName;
  readonly batch: ColumnBatch;
}

/** What the thread answers: the batches of a message have been encoded, writing has failed, all files are complete (with the error where one is not). */
export type FromFilesThread =
  | { readonly type: 'taken' }
  | { readonly type: 'failed'; readonly error: Error }
  | { readonly type: 'closed'; readonly error?: Error };

const flushIntervalMs = 1000;
/** Messages on their way to the files: then who makes more rows waits. */
const mostUnderWay = 16;

/**
 * The Arrow files of an experiment that runs, one a table: rows go in as they come, and to the files every second. Encoding and writing are a
 * thread's work, so that the one that rows come from, the driver's, does neither.
 */
export class ArrowFiles implements Sink {
  private readonly builders = new Map<TableName, BatchBuilder<TableName>>(tableNames.map((name) => [name, new BatchBuilder(name)]));
  private readonly thread: Worker;
  private readonly timer: NodeJS.Timeout;
  private readonly onError: (error: Error) => void;
  private readonly closed = Promise.withResolvers<void>();
  private failure: Error | undefined;
  private underWay = 0;
  private room = Promise.withResolvers<void>();

  /** `onError` is told of the first failure to write: a full disk is noticed within a second. `labels` has the texts of columns of labels. */
  constructor(directory: string, onError: (error: Error) => void, labels: Labels = {}) {
    this.onError = onError;
    this.closed.promise.catch(() => undefined); // reported by close()
    this.thread = new Worker(new URL(`./arrow-files-thread${extname(import.meta.filename)}`, import.meta.url), {
      workerData: { directory, labels },
      // What it makes lives for one batch: garbage is not to be gathered for long.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.thread.on('message', (message: FromFilesThread) => {
      if (message.type === 'taken') {
        this.underWay--;
        this.makeRoom();
      } else if (message.type === 'failed') this.fail(message.error);
      else if (message.error) this.closed.reject(message.error);
      else this.closed.resolve();
    });
    this.thread.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
    this.thread.on('exit', (code) => this.fail(new Error(`the thread that writes the results ended with code ${code}`)));
    this.timer = setInterval(() => this.flush(), flushIntervalMs);
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    // Nothing more reaches the files: rows are not kept for them.
    if (this.failure) return;
    const builder = this.builders.get(table);
    builder?.add(row);
    if (builder?.isFull) this.hand([{ table, batch: builder.take() }]);
  }

  async ready(): Promise<void> {
    while (this.underWay > mostUnderWay && !this.failure) await this.room.promise;
  }

  /** Completes the files. Throws the first error there was in writing them. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    try {
      if (this.failure) throw this.failure;
      this.flush();
      this.tell({ type: 'close' });
      await this.closed.promise;
    } finally {
      this.failure ??= new Error('the files are closed');
      await this.thread.terminate();
    }
  }

  private flush(): void {
    const filled = [...this.builders].filter(([, { length }]) => length > 0);
    if (filled.length > 0) this.hand(filled.map(([table, builder]) => ({ table, batch: builder.take() })));
  }

  /** In one message, as each wakes both threads. */
  private hand(batches: readonly TableBatch[]): void {
    this.underWay++;
    this.tell(
      { type: 'rows', batches },
      batches.flatMap(({ batch }) => transferable(batch)),
    );
  }

  private tell(message: ToFilesThread, memory: ArrayBuffer[] = []): void {
    this.thread.postMessage(message, memory);
  }

  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    this.closed.reject(error);
    this.makeRoom();
    this.onError(error);
  }

  private makeRoom(): void {
    const { resolve } = this.room;
    this.room = Promise.withResolvers();
    resolve();
  }
}
