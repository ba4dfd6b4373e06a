import type pg from 'pg';

/**
 * orchlab's own record of tasks that graphile-worker has ended, for graphile-worker deletes a job when it succeeds.
 *
 * Unlogged and without an index: it is to cost the database as little as can be, and is read once.
 */
export const createTaskRecords = `
  CREATE SCHEMA IF NOT EXISTS orchlab;
  CREATE UNLOGGED TABLE IF NOT EXISTS orchlab.graphile_tasks (
    identifier text NOT NULL, run_id text NOT NULL, task_index int NOT NULL, is_failed boolean NOT NULL, attempts int NOT NULL,
    created_ms float8 NOT NULL, dispatched_ms float8, started_ms float8 NOT NULL, finished_ms float8 NOT NULL
  )`;

/** A task that has ended. Times are epoch milliseconds: created and dispatched the database's, the others the scheduler's. */
export interface TaskRecord {
  readonly run_id: string;
  readonly task_index: number;
  readonly is_failed: boolean;
  readonly attempts: number;
  readonly created_ms: number;
  readonly dispatched_ms: number | null;
  readonly started_ms: number;
  readonly finished_ms: number;
}

/** Often enough for the progress to be live, seldom enough not to be felt: one INSERT for all that ended meanwhile. */
const flushIntervalMs = 50;

/** Writes the records of a scheduler process, in batches and on a connection of its own, so that no task waits for it. */
export class TaskRecorder {
  private readonly identifier: string;
  private readonly pool: pg.Pool;
  private records: TaskRecord[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  /** `pool` is for the recorder alone: one connection. */
  constructor(pool: pg.Pool, identifier: string) {
    this.pool = pool;
    this.identifier = identifier;
  }

  add(record: TaskRecord): void {
    this.records.push(record);
    this.timer ??= setTimeout(() => {
      this.flush().catch((error: unknown) => {
        // Without records the experiment would show tasks as lost that were done: better no scheduler than a liar.
        console.error('orchlab could not record tasks:', error);
        process.exit(1);
      });
    }, flushIntervalMs);
  }

  /** Writes what there is; resolves when it is in the database. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.records;
    this.records = [];
    if (batch.length > 0) this.writing = this.writing.then(async () => this.write(batch));
    await this.writing;
  }

  private async write(batch: readonly TaskRecord[]): Promise<void> {
    await this.pool.query({
      name: 'orchlab-task-records',
      text: `INSERT INTO orchlab.graphile_tasks
             SELECT $1, r.* FROM json_to_recordset($2::json) AS r(run_id text, task_index int, is_failed boolean, attempts int,
               created_ms float8, dispatched_ms float8, started_ms float8, finished_ms float8)`,
      values: [this.identifier, JSON.stringify(batch)],
    });
  }
}
