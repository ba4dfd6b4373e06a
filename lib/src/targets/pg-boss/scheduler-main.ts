/**
 * A pg-boss scheduler: the process that takes tasks off the queue and starts workers for them.
 *
 * Started by orchlab with an ipc channel; ends when that closes.
 */
import { once } from 'node:events';
import { PgBoss } from 'pg-boss';
import { reasonOf } from '../../errors/error-reason.ts';
import { executeTask } from '../execute-task.ts';
import { finishWhenAsked } from '../scheduler-process.ts';
import { tasksOf } from '../workflow-tasks.ts';
import { schema, type SchedulerMessage, type TaskData, type TaskOutput } from './names.ts';

process.once('disconnect', () => process.exit(0));
// A terminal's Ctrl-C reaches every process in the foreground: it is orchlab that decides when to stop.
process.on('SIGINT', () => undefined);

const [message] = (await once(process, 'message')) as [SchedulerMessage];
const { options, queue } = message;

try {
  const boss = new PgBoss({
    connectionString: message.databaseUrl,
    schema,
    max: options.max,
    useListenNotify: true,
    // Cron is not part of the load; maintenance is, as in production.
    schedule: false,
    ...(options.monitorIntervalSeconds !== undefined && {
      superviseIntervalSeconds: options.monitorIntervalSeconds,
      monitorIntervalSeconds: options.monitorIntervalSeconds,
    }),
    ...(options.flowIntervalSeconds !== undefined && { flowIntervalSeconds: options.flowIntervalSeconds }),
    migrate: false,
  });
  boss.on('error', (error) => console.error(error));
  boss.on('warning', (warning) => console.error('warning:', warning));
  await boss.start();
  // One worker a task, not one batch a worker: jobs of a batch all end when its slowest does.
  await Promise.all(Array.from({ length: options.workers }, async () => startWorker(boss)));
  finishWhenAsked(async () => boss.stop());
  process.send?.({ type: 'ready' });
} catch (error) {
  process.send?.({ type: 'failed', error: reasonOf(error) }, () => process.exit(1));
}

async function startWorker(boss: PgBoss): Promise<void> {
  const intervals = {
    pollingIntervalSeconds: options.pollingIntervalSeconds,
    notifyPollingIntervalSeconds: options.pollingIntervalSeconds,
  };
  const groups = options.groupTiers && { groupConcurrency: groupConcurrency(options.groupTiers) };
  const id = await boss.work<TaskData>(
    queue,
    { batchSize: 1, includeMetadata: true, ...intervals, ...groups },
    async ([job]): Promise<TaskOutput> => {
      const startedMs = performance.timeOrigin + performance.now();
      // Look for the next job as soon as this one is done, instead of a polling interval later.
      boss.notifyWorker(id);
      if (!job) return { startedMs };
      const { runId, taskIndex, workflow } = job.data;
      const { task } = tasksOf(message.tasks, workflow);
      try {
        const attempt = job.retryCount + 1;
        const executionId = attempt > 1 ? `${job.id}-attempt-${attempt}` : job.id;
        const payload = await executeTask(task, { runId, taskIndex, workflowName: message.workflowName, executionId, attempt });
        return { startedMs, ...(payload !== '' && { payload }) };
      } catch (error) {
        throw Object.assign(error instanceof Error ? error : new Error(String(error)), { startedMs });
      }
    },
  );
}

/** Jobs of workflows without a limit are in no group. Of one limit for all that have one pg-boss asks a cheaper query. */
function groupConcurrency(tiers: Readonly<Record<string, number>>): number | { default: number; tiers: Record<string, number> } {
  const [limit = 1, ...others] = new Set(Object.values(tiers));
  return others.length === 0 ? limit : { default: limit, tiers: { ...tiers } };
}
