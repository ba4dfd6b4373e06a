import { constants, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type pg from 'pg';
import type { TaskRecord } from './task-records.ts';

/**
 * The records of a scheduler that may be killed, or lose its database, at any time: a line each, written through at once, before graphile-worker
 * learns that the task has ended. A kill can't take it away; whether graphile-worker has noted the end, too, its own table tells.
 */
export class TaskJournal {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
  }

  add(record: TaskRecord): void {
    writeSync(this.file, `${JSON.stringify(record)}\n`);
  }

  /** All is written. */
  async flush(): Promise<void> {
    return Promise.resolve();
  }
}

const batchLength = 5000;

/**
 * Puts the records of a journal where `readTasks` looks for them: of each task the first that finished, else the last. Those whose job graphile-worker still
 * has in work or would try again are left out: to it the task has not ended.
 */
export async function loadJournal(pool: pg.Pool, identifier: string, path: string): Promise<void> {
  const records = new Map<string, TaskRecord>();
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []) {
    if (line === '') continue;
    let record: TaskRecord;
    try {
      record = JSON.parse(line) as TaskRecord;
    } catch {
      continue; // cut off by a kill: its task had not ended for anybody
    }
    const key = `${record.task_index} ${record.run_id}`;
    if (records.get(key)?.is_failed !== false) records.set(key, record);
  }
  await pool.query('DELETE FROM orchlab.graphile_tasks WHERE identifier = $1', [identifier]);
  const all = [...records.values()];
  for (let first = 0; first < all.length; first += batchLength)
    await pool.query(
      `INSERT INTO orchlab.graphile_tasks
       SELECT $1, r.* FROM json_to_recordset($2::json) AS r(run_id text, task_index int, is_failed boolean, attempts int,
         created_ms float8, dispatched_ms float8, started_ms float8, finished_ms float8)`,
      [identifier, JSON.stringify(all.slice(first, first + batchLength))],
    );
  await pool.query(
    `DELETE FROM orchlab.graphile_tasks AS ended USING graphile_worker._private_jobs AS job
     WHERE ended.identifier = $1 AND ended.run_id = job.payload->>'runId' AND ended.task_index = (job.payload->>'taskIndex')::int
       AND job.task_id = (SELECT id FROM graphile_worker._private_tasks WHERE identifier = $1)
       AND (job.attempts < job.max_attempts OR job.locked_at IS NOT NULL)`,
    [identifier],
  );
}
