// The smallest orchestrator there can be, for the example of docs/targets.md: a table of tasks, and a process that takes them in turn.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const workflow = process.argv[2];
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
console.log('looking for tasks');
for (;;) {
  const { rows } = await client.query(
    `UPDATE task SET status = 'busy', started_at = clock_timestamp()
     WHERE id = (SELECT id FROM task WHERE workflow = $1 AND status = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *`,
    [workflow],
  );
  if (rows.length === 0) {
    await sleep(Number(process.env.POLL_SECONDS) * 1000);
    continue;
  }
  const [task] = rows;
  const env = { ...process.env, run_id: task.run, task_index: String(task.number), workflow_name: workflow, EXECUTION_ID: String(task.id) };
  const child = spawn(process.env.TASK_SCRIPT, { stdio: ['ignore', 'ignore', 'inherit'], env });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  await client.query('UPDATE task SET status = $2, ended_at = clock_timestamp() WHERE id = $1', [task.id, code === 0 ? 'ok' : 'broken']);
}
