/** The scheduler of support/table-target.ts: finishes whatever tasks there are, a few thousand at a time, each leaving its evidence. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { executeTask } from '../../lib/src/targets/execute-task.ts';
import type { TaskSpec } from '../../lib/src/targets/task-spec.ts';

process.once('disconnect', () => process.exit(0));
const [{ databaseUrl, task }] = (await once(process, 'message')) as [{ readonly databaseUrl: string; readonly task: TaskSpec }];
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
process.send?.({ type: 'ready' });
for (;;) {
  const { rows } = await client.query<{ run_id: string; task_index: number }>(
    `UPDATE task SET started_at = clock_timestamp() WHERE ctid = ANY (ARRAY (SELECT ctid FROM task WHERE started_at IS NULL LIMIT 2000))
     RETURNING run_id::text, task_index`,
  );
  await Promise.all(
    rows.map(async (row) =>
      executeTask(task, {
        runId: row.run_id,
        taskIndex: row.task_index,
        workflowName: 'memory',
        executionId: `${row.run_id}-${row.task_index}`,
      }),
    ),
  );
  await client.query('UPDATE task SET finished_at = clock_timestamp() WHERE started_at IS NOT NULL AND finished_at IS NULL');
  if (rows.length === 0) await delay(20);
}
