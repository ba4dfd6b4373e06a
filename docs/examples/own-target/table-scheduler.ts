// The scheduler of table-engine.ts: a process that takes tasks from the table, up to its places, and does their work.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type TaskSpec, executeTask, openPool } from 'orchlab/target';

export interface SchedulerMessage {
  readonly databaseUrl: string;
  readonly queue: string;
  readonly places: number;
  readonly pollSeconds: number;
  readonly task: TaskSpec;
  readonly workflowName: string;
}

// The channel to orchlab is also how it is told to stop; a terminal's Ctrl-C is orchlab's to handle.
process.once('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);

const [message] = (await once(process, 'message')) as [SchedulerMessage];
const { queue, places, pollSeconds, task, workflowName } = message;
const pool = openPool(message.databaseUrl, { max: 5 });
let free = places;
process.send?.({ type: 'ready' });

for (;;) {
  const taken = await take(free);
  free -= taken.length;
  for (const { run, number } of taken) void work(run, number).finally(() => free++);
  if (taken.length === 0) await delay(pollSeconds * 1000);
}

async function take(count: number): Promise<readonly { readonly run: string; readonly number: number }[]> {
  if (count === 0) return [];
  const { rows } = await pool.query<{ run: string; number: number }>(
    `UPDATE task SET state = 'busy', started = clock_timestamp()
     WHERE ctid = ANY (ARRAY (SELECT ctid FROM task WHERE queue = $1 AND state = 'new' ORDER BY created LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING run, number`,
    [queue, count],
  );
  return rows;
}

async function work(run: string, number: number): Promise<void> {
  const isDone = await executeTask(task, { runId: run, taskIndex: number, workflowName, executionId: `${run}-${number}` }).then(
    () => true,
    () => false,
  );
  await pool.query(`UPDATE task SET state = $4, ended = clock_timestamp() WHERE queue = $1 AND run = $2 AND number = $3`, [
    queue,
    run,
    number,
    isDone ? 'ok' : 'broken',
  ]);
}
