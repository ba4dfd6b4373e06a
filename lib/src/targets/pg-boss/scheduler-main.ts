/**
 * A pg-boss scheduler: the process that takes tasks off the queue and starts workers for them.
 *
 * Started by orchlab with an ipc channel; ends when that closes.
 */
import { once } from 'node:events';
import { type JobWithMetadata, PgBoss } from 'pg-boss';
import { reasonOf } from '../../errors/error-reason.ts';
import { leaveFiring } from '../evidence.ts';
import { executeTask } from '../execute-task.ts';
import { finishWhenAsked } from '../scheduler-process.ts';
import { tasksOf } from '../workflow-tasks.ts';
import { schema, type SchedulerMessage, type TaskData, type TaskOutput } from './names.ts';

process.once('disconnect', () => process.exit(0));
// A terminal's Ctrl-C reaches every process in the foreground: it is orchlab that decides when to stop.
process.on('SIGINT', () => undefined);

const [message] = (await once(process, 'message')) as [SchedulerMessage];
const { evidencePath } = tasksOf(message.tasks, undefined).task;
const { options, queue } = message;
const intervals = {
  pollingIntervalSeconds: options.pollingIntervalSeconds,
  notifyPollingIntervalSeconds: options.pollingIntervalSeconds,
};

try {
  const boss = new PgBoss({
    connectionString: message.databaseUrl,
    schema,
    max: options.max,
    useListenNotify: true,
    // Cron is part of the load only where it is asked for; maintenance always is, as in production.
    schedule: message.firingQueue !== undefined,
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
  if (message.firingQueue !== undefined) await startFiringWorker(boss, message.firingQueue);
  finishWhenAsked(async () => boss.stop());
  process.send?.({ type: 'ready' });
} catch (error) {
  process.send?.({ type: 'failed', error: reasonOf(error) }, () => process.exit(1));
}

async function startWorker(boss: PgBoss): Promise<void> {
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

/** A job of a schedule does not say which moment it is for. */
async function startFiringWorker(boss: PgBoss, firingQueue: string): Promise<void> {
  const id = await boss.work(
    firingQueue,
    { batchSize: 1, includeMetadata: true, ...intervals },
    async ([job]: JobWithMetadata<{ readonly scheduleIndex: number }>[]): Promise<void> => {
      const beganMs = performance.timeOrigin + performance.now();
      // All schedules fire at once.
      boss.notifyWorker(id);
      if (job && evidencePath !== undefined)
        leaveFiring(evidencePath, { ...job.data, dueMs: Number.NaN, createdMs: job.createdOn.getTime(), beganMs });
    },
  );
}
