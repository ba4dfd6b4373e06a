import { type TableWriter, createTableWriter } from '../results/table-writer.ts';
import { type Row, type TableName, tableNames } from '../results/tables.ts';

const flushIntervalMs = 1000;

/** The tables of an experiment that runs: rows go in as they come, and to the files every second. */
export class Recorder implements AsyncDisposable {
  private readonly writers: { readonly [T in TableName]: TableWriter<T> };
  private readonly timer: NodeJS.Timeout;

  /** `onError` is told of the first failure to write: a full disk is noticed within a second. */
  constructor(directory: string, onError?: (error: Error) => void) {
    this.writers = Object.fromEntries(
      tableNames.map((name) => [name, createTableWriter(directory, name, onError)]),
    ) as unknown as typeof this.writers;
    this.timer = setInterval(() => this.flush(), flushIntervalMs);
  }

  append<T extends TableName>(table: T, row: Row<T>): void {
    this.writers[table].append(row);
  }

  writer<T extends TableName>(table: T): TableWriter<T> {
    return this.writers[table];
  }

  private flush(): void {
    for (const name of tableNames) this.writers[name].flush();
  }

  /** Completes the files. Throws the first error there was in writing them. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    const results = await Promise.allSettled(tableNames.map(async (name) => this.writers[name].close()));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }
}
