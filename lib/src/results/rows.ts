import type { Row, TableName } from './tables.ts';

/** Hands on one row of a table. Never waits: who makes many rows at once awaits `RowStream.ready` in between. */
export type Emit = <T extends TableName>(table: T, row: Row<T>) => void;

/** Where rows come from: the driver, the count of what is open, a sampler. */
export interface Source {
  readonly name: string;
  /** Resolves when it has begun; rows come from then on. An abort of `signal` ends what it waits for. */
  start(emit: Emit, signal: AbortSignal): Promise<void>;
  /** Takes the last rows; resolves with what the reader of the figures should know, a sentence each. */
  stop(): Promise<readonly string[]>;
}

/** Where rows go: files, the live progress, the index of runs, what decides that all is done. */
export interface Sink {
  take<T extends TableName>(table: T, row: Row<T>): void;
  /** Resolves when it can take more without its memory growing. Default: at once. */
  ready?(): Promise<void>;
  /** Completes what it writes. Rejects when any of it is lost. */
  close?(): Promise<void>;
}

/** The one stream of rows of an experiment: what any source emits goes to every sink. Disposed of, it closes them. */
export class RowStream implements AsyncDisposable {
  private readonly sinks: Sink[];
  private readonly onError: (error: unknown) => void;
  private failure: { readonly error: unknown } | undefined;

  /** `onError` is told of the first row that a sink failed to take. */
  constructor(sinks: readonly Sink[], onError: (error: unknown) => void) {
    this.sinks = [...sinks];
    this.onError = onError;
  }

  /** From now on rows go to `sink`, too. */
  add(sink: Sink): void {
    this.sinks.push(sink);
  }

  readonly emit: Emit = (table, row) => {
    for (const sink of this.sinks) {
      try {
        sink.take(table, row);
      } catch (error) {
        if (this.failure) continue;
        this.failure = { error };
        this.onError(error);
      }
    }
  };

  /** Resolves when every sink can take more. */
  async ready(): Promise<void> {
    await Promise.all(this.sinks.map(async (sink) => sink.ready?.()));
  }

  /** Throws the first error that there was. */
  async [Symbol.asyncDispose](): Promise<void> {
    const results = await Promise.allSettled(this.sinks.map(async (sink) => sink.close?.()));
    if (this.failure) throw this.failure.error;
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
