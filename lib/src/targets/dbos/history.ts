import type pg from 'pg';
import { historySpan, inBatches } from '../history-span.ts';
import { type DbosNames, runWorkflow, taskStep, taskWorkflow } from './names.ts';

/** Run number `run` has its workflow ($5: tasks of it) and those of its tasks, numbered from 0; -1 is the run itself. */
const itemsSql = `
  FROM generate_series($1::int, $2::int) AS run
  CROSS JOIN LATERAL (SELECT md5('history ' || run)::uuid::text AS run_id, ($3::float8 + $4::float8 * run)::bigint AS created_at) AS made
  CROSS JOIN generate_series(-1, $5::int - 1) AS task`;
const idSql = `CASE task WHEN -1 THEN run_id ELSE run_id || '-' || task END`;
/** A result of nothing, and a run's argument, as DBOS 5.3 writes them. */
const nothing = '{"json":null,"meta":{"values":["undefined"]},"__dbos_serializer":"superjson"}';

/** A row of each table that a finished run and its tasks leave in DBOS 5.3: status, input and output of each workflow, and the steps of each. */
const statements: readonly (readonly [sql: string, parameters: (names: DbosNames) => readonly string[]])[] = [
  [
    `INSERT INTO dbos.workflow_status (workflow_uuid, status, name, authenticated_user, assumed_role, authenticated_roles, executor_id, created_at, updated_at,
       application_version, application_id, recovery_attempts, queue_name, started_at_epoch_ms, parent_workflow_id, serialization, completed_at,
       application_name, creator_xid)
     SELECT ${idSql}, 'SUCCESS', CASE task WHEN -1 THEN $6 ELSE $7 END, '', '', '[]', $8, created_at, created_at + 1000, $8, '', 1,
       CASE task WHEN -1 THEN $9 ELSE $10 END, created_at + 500, CASE task WHEN -1 THEN NULL ELSE run_id END, 'js_superjson', created_at + 1000,
       $8, md5(run || ' ' || task)::uuid::text ${itemsSql}`,
    ({ application, runQueues, taskQueue }) => [runWorkflow, taskWorkflow, application, Object.values(runQueues)[0] ?? '', taskQueue],
  ],
  [
    `INSERT INTO dbos.workflow_input (workflow_uuid, inputs, retention_timestamp)
     SELECT ${idSql}, '{"json":["' || run_id || '",' || task || '],"__dbos_serializer":"superjson"}', created_at ${itemsSql}`,
    () => [],
  ],
  [
    `INSERT INTO dbos.workflow_output (workflow_uuid, output, retention_timestamp) SELECT ${idSql}, '${nothing}', created_at + 1000 ${itemsSql}`,
    () => [],
  ],
  [
    // Of a run the start of each task, of a task its one step.
    `INSERT INTO dbos.operation_outputs (workflow_uuid, function_id, function_name, output, child_workflow_id, started_at_epoch_ms, completed_at_epoch_ms,
       serialization, application_name, retention_timestamp)
     SELECT CASE step WHEN 'child' THEN run_id ELSE ${idSql} END, CASE step WHEN 'child' THEN task ELSE 0 END, CASE step WHEN 'child' THEN $6 ELSE $7 END,
       CASE step WHEN 'child' THEN NULL ELSE '${nothing}' END, CASE step WHEN 'child' THEN run_id || '-' || task END, created_at + 500, created_at + 1000,
       CASE step WHEN 'child' THEN NULL ELSE 'js_superjson' END, $8, created_at + 1000
     ${itemsSql} CROSS JOIN (VALUES ('child'), ('step')) AS kind (step) WHERE task >= 0`,
    ({ application }) => [taskWorkflow, taskStep, application],
  ],
  [
    `INSERT INTO dbos.operation_outputs (workflow_uuid, function_id, function_name, output, started_at_epoch_ms, completed_at_epoch_ms, application_name,
       retention_timestamp)
     SELECT run_id, $5::int, 'DBOS.waitAll', '${nothing}', created_at + 500, created_at + 1000, $6, created_at + 1000 ${itemsSql} WHERE task = -1`,
    ({ application }) => [application],
  ],
];

/** Adds runs of `tasksPerRun` finished tasks, at least `tasks` of them, and answers from when on tasks are not of it, epoch milliseconds. */
export async function addDbosHistory(pool: pg.Pool, names: DbosNames, tasks: number, tasksPerRun: number): Promise<number> {
  const runs = Math.ceil(tasks / tasksPerRun);
  const { fromMs, stepMs, ownFromMs } = await historySpan(pool, runs);
  await inBatches(runs, async (first, last) => {
    for (const [sql, parameters] of statements) await pool.query(sql, [first, last, fromMs, stepMs, tasksPerRun, ...parameters(names)]);
  });
  return ownFromMs;
}
