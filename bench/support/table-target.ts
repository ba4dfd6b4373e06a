import { readBatches } from '../../lib/src/targets/read-batches.ts';
import { startSchedulerProcess } from '../../lib/src/targets/scheduler-process.ts';
import type { Target, TargetContext, TaskRow } from '../../lib/src/targets/target.ts';
import { openOwnPool, openPool } from '../../lib/src/targets/target-pool.ts';
import { timesOfClock } from '../../lib/src/targets/target-profile.ts';

const connections = 20;

/** An engine that is a table: what an experiment with it takes is orchlab's own load, sampling, drain and collection. */
export function tableTarget({ databaseUrl, task, logDirectory, protect }: TargetContext): Target {
  const pool = openOwnPool(databaseUrl);
  // All from the start, and none is closed: connections that come and go would hide handles that leak.
  const submitPool = openPool(databaseUrl, { max: connections, idleTimeoutMillis: 0 });
  return {
    name: 'table',
    version: '1',
    options: {},
    places: { kind: 'bounded', count: connections, by: 'its pool' },
    times: timesOfClock('database'),
    warnings: [],
    async prepare() {
      await pool.query(
        `CREATE TABLE task (run_id int, task_index int, created_at timestamptz DEFAULT clock_timestamp(), started_at timestamptz, finished_at timestamptz);
         CREATE INDEX ON task (run_id) WHERE started_at IS NULL; CREATE INDEX ON task (run_id) WHERE finished_at IS NULL; CREATE SEQUENCE run`,
      );
      const opened = await Promise.all(Array.from({ length: connections }, async () => submitPool.connect()));
      for (const client of opened) client.release();
    },
    startScheduler: async (instance) =>
      startSchedulerProcess({
        module: new URL('./table-scheduler.ts', import.meta.url),
        message: { databaseUrl, task },
        instance,
        logDirectory,
        protect,
      }),
    async submit({ taskCount }) {
      const { rows } = await submitPool.query<{ id: string }>(
        `WITH run AS (SELECT nextval('run')::int AS id), tasks AS (INSERT INTO task (run_id, task_index) SELECT id, generate_series(0, $1::int - 1) FROM run)
         SELECT id::text FROM run`,
        [taskCount],
      );
      return rows[0]?.id ?? '';
    },
    clean: async () => undefined,
    open: {
      sql: `SELECT /* orchlab */ count(*) AS runs, coalesce(sum(tasks), 0) AS tasks
            FROM (SELECT count(*) AS tasks FROM task WHERE finished_at IS NULL GROUP BY run_id) AS run`,
      values: [],
    },
    async *readTasks() {
      const sql = `SELECT run_id::text, task_index, extract(epoch FROM created_at)::float8 * 1000 AS created,
                          extract(epoch FROM started_at)::float8 * 1000 AS started, extract(epoch FROM finished_at)::float8 * 1000 AS finished FROM task`;
      type Record = { run_id: string; task_index: number; created: number; started: number | null; finished: number | null };
      for await (const rows of readBatches<Record>(pool, sql, [])) {
        yield rows.map(({ run_id, task_index, created, started, finished }): TaskRow => ({
          runId: run_id,
          taskIndex: task_index,
          status: finished === null ? 'pending' : 'finished',
          createdMs: created,
          dispatchedMs: started ?? Number.NaN,
          startedMs: started ?? Number.NaN,
          finishedMs: finished ?? Number.NaN,
          attempts: 0,
        }));
      }
    },
    async [Symbol.asyncDispose]() {
      await submitPool.end();
      await pool.end();
    },
  };
}
