// A target of one's own, in TypeScript: an engine that is a table. Experiments load this module in a process of their own.
import { randomUUID } from 'node:crypto';
import {
  type CreateTarget,
  type TaskRow,
  boundedPlaces,
  dispatchSettings,
  openOwnPool,
  openPool,
  readBatches,
  startSchedulerProcess,
  workflowKey,
  workflowName,
} from 'orchlab/target';
import type { SchedulerMessage } from './table-scheduler.ts';

export const createTarget: CreateTarget = async ({ config, databaseUrl, task, logDirectory, protect }) => {
  const queue = workflowKey(config.name);
  const places = config.scheduler.max_concurrent_dispatches;
  // What orchlab itself asks goes over a pool of its own, so that it is in no figure of the engine.
  const pool = openOwnPool(databaseUrl);
  const submitPool = openPool(databaseUrl, { max: config.submit_concurrency });
  return {
    name: 'table-engine',
    version: '1',
    options: { places, pollIntervalSeconds: config.scheduler.poll_interval_secs },
    warnings: [],
    places: boundedPlaces('places', places, config.scheduler.processes, dispatchSettings),
    times: {
      created: { clock: 'database', moment: 'submitted', source: 'task.created' },
      dispatched: { clock: 'database', moment: 'claimed', source: 'task.started' },
      started: { clock: 'database', moment: 'claimed', source: 'task.started' },
      finished: { clock: 'database', moment: 'recorded', source: 'task.ended' },
    },
    // May be called again, and beside another config's target in one database.
    async prepare() {
      await pool.query(`
        SELECT pg_advisory_lock(1);
        CREATE TABLE IF NOT EXISTS task (
          queue text, run text, number int, state text DEFAULT 'new', created timestamptz DEFAULT clock_timestamp(), started timestamptz,
          ended timestamptz
        );
        CREATE INDEX IF NOT EXISTS task_open ON task (queue, created) WHERE state IN ('new', 'busy');
        SELECT pg_advisory_unlock(1)`);
    },
    async startScheduler(instance) {
      const message: SchedulerMessage = {
        databaseUrl,
        queue,
        places,
        pollSeconds: config.scheduler.poll_interval_secs,
        task,
        workflowName: workflowName(config.name),
      };
      const module = new URL('./table-scheduler.ts', import.meta.url);
      return startSchedulerProcess({ module, message, instance, logDirectory, protect });
    },
    async submit({ taskCount }) {
      const run = randomUUID();
      await submitPool.query('INSERT INTO task (queue, run, number) SELECT $1, $2, generate_series(0, $3::int - 1)', [
        queue,
        run,
        taskCount,
      ]);
      return run;
    },
    // The partial index holds what is open and nothing else: the count costs the same however much has ended.
    open: {
      sql: `SELECT count(*) AS runs, coalesce(sum(tasks), 0) AS tasks
            FROM (SELECT count(*) AS tasks FROM task WHERE queue = $1 AND state IN ('new', 'busy') GROUP BY run) AS run`,
      values: [queue],
    },
    async *readTasks() {
      const states: Readonly<Record<string, TaskRow['status']>> = { new: 'pending', busy: 'running', ok: 'finished', broken: 'failed' };
      const ms = (name: string): string => `extract(epoch FROM ${name})::float8 * 1000 AS ${name}`;
      const sql = `SELECT run, number, state, ${ms('created')}, ${ms('started')}, ${ms('ended')} FROM task WHERE queue = $1`;
      interface Row {
        readonly run: string;
        readonly number: number;
        readonly state: string;
        readonly created: number;
        readonly started: number | null;
        readonly ended: number | null;
      }
      for await (const rows of readBatches<Row>(pool, sql, [queue])) {
        yield rows.map(({ run, number, state, created, started, ended }) => ({
          runId: run,
          taskIndex: number,
          status: states[state] ?? 'failed',
          createdMs: created,
          // NaN: not known, or did not happen.
          dispatchedMs: started ?? Number.NaN,
          startedMs: started ?? Number.NaN,
          finishedMs: ended ?? Number.NaN,
          attempts: started === null ? 0 : 1,
        }));
      }
    },
    async clean() {
      await pool.query('DELETE FROM task WHERE queue = $1', [queue]);
    },
    async [Symbol.asyncDispose]() {
      await submitPool.end();
      await pool.end();
    },
  };
};
