/**
 * A graphile-worker scheduler: the process that takes tasks off the queue and starts workers for them.
 *
 * Started by orchlab with an ipc channel; ends when that closes.
 */
import { Logger, type TaskList, parseCronItems, run } from 'graphile-worker';
import { once } from 'node:events';
import { reasonOf } from '../../errors/error-reason.ts';
import { leaveFiring } from '../evidence.ts';
import { executeTask } from '../execute-task.ts';
import { ownApplication } from '../../database/own-work.ts';
import { finishWhenAsked } from '../scheduler-process.ts';
import { openPool } from '../target-pool.ts';
import { tasksOf } from '../workflow-tasks.ts';
import type { SchedulerMessage, TaskPayload } from './names.ts';
import { epochMsOf, keepMicroseconds } from './precise-date.ts';
import { TaskJournal } from './task-journal.ts';
import { TaskRecorder } from './task-records.ts';

keepMicroseconds();

// A terminal's Ctrl-C reaches every process in the foreground: it is orchlab that decides when to stop.
process.on('SIGINT', () => undefined);

const [message] = (await once(process, 'message')) as [SchedulerMessage];
const { evidencePath } = tasksOf(message.tasks, undefined).task;
const recorder = message.journalPath === undefined ? databaseRecorder() : new TaskJournal(message.journalPath);

// What ended is written before the process does; what ends from now on was ended by the stop, and is nobody's result.
let isStopping = false;
/** Its own shutdown lets end what is in work: that counts. */
let isFinishing = false;
const stop = (): void => {
  if (isStopping) return;
  isStopping = true;
  recorder.flush().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('disconnect', stop);
process.on('SIGTERM', stop);

/** Success is not worth a line each (graphile-worker's own performance test silences it too). */
const logger = new Logger(() => (level, text) => {
  if (level === 'error' || level === 'warning') console.error(`${level}: ${text}`);
});

try {
  const runner = await run({
    preset: { worker: { ...message.options, connectionString: message.databaseUrl, logger } },
    noHandleSignals: true,
    ...(message.periodic && { parsedCronItems: cronItems(message.periodic) }),
    taskList: {
      ...(message.periodic && firingTask(message.periodic.identifier)),
      [message.identifier]: async (payload, { job }) => {
        const { runId, taskIndex, workflow } = payload as TaskPayload;
        const startedMs = nowMs();
        const record = (isFailed: boolean): void => {
          if (isStopping) return;
          recorder.add({
            run_id: runId,
            task_index: taskIndex,
            is_failed: isFailed,
            attempts: job.attempts,
            created_ms: epochMsOf(job.created_at),
            dispatched_ms: job.locked_at ? epochMsOf(job.locked_at) : null,
            started_ms: startedMs,
            finished_ms: nowMs(),
          });
        };
        try {
          await executeTask(tasksOf(message.tasks, workflow).task, {
            runId,
            taskIndex,
            workflowName: message.workflowName,
            executionId: `${job.id}-${job.attempts}`,
            attempt: job.attempts,
          });
        } catch (error) {
          if (job.attempts >= job.max_attempts) record(true);
          throw error;
        }
        record(false);
      },
    },
  });
  // A pool that lost its database stops for good: its own command ends then, too, for a supervisor to start it again.
  const end = (error?: unknown): void => {
    if (isStopping || isFinishing) return;
    console.error(`graphile-worker has stopped${error === undefined ? '' : `: ${reasonOf(error)}`}`);
    process.exit(1);
  };
  runner.promise.then(() => end(), end);
  finishWhenAsked(async () => {
    isFinishing = true;
    await runner.stop();
    await recorder.flush();
  });
  process.send?.({ type: 'ready' });
} catch (error) {
  process.send?.({ type: 'failed', error: reasonOf(error) }, () => process.exit(1));
}

function databaseRecorder(): TaskRecorder {
  const pool = openPool(message.databaseUrl, { max: 1, application_name: `${ownApplication} task records` });
  return new TaskRecorder(pool, message.identifier);
}

/** One item a schedule; its identifier is what graphile-worker knows it by. */
function cronItems({ identifier, cron, schedules }: NonNullable<SchedulerMessage['periodic']>): ReturnType<typeof parseCronItems> {
  return parseCronItems(
    Array.from({ length: schedules }, (_, scheduleIndex) => ({
      task: identifier,
      match: cron,
      identifier: `${identifier}-${scheduleIndex}`,
      payload: { scheduleIndex },
    })),
  );
}

function firingTask(identifier: string): TaskList {
  return {
    [identifier]: (payload) => {
      const { scheduleIndex, _cron } = payload as { readonly scheduleIndex: number; readonly _cron: { readonly ts: string } };
      const beganMs = nowMs();
      if (evidencePath !== undefined)
        leaveFiring(evidencePath, { scheduleIndex, dueMs: Date.parse(_cron.ts), createdMs: Number.NaN, beganMs });
    },
  };
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
