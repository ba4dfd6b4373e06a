/**
 * A DBOS scheduler: the process that dispatches tasks and starts workers for them.
 *
 * A run is a workflow that starts its tasks as child workflows on a queue, each when those have ended that it comes after, and waits
 * for them; a task is a workflow with one step, the work. Started by orchlab with an ipc channel; ends when that closes.
 */
import { DBOS, type WorkflowHandle } from '@dbos-inc/dbos-sdk';
import { once } from 'node:events';
import { reasonOf } from '../../errors/error-reason.ts';
import { leaveFiring } from '../evidence.ts';
import { executeTask } from '../execute-task.ts';
import { finishWhenAsked } from '../scheduler-process.ts';
import { startInOrder } from './start-in-order.ts';
import { tasksOf } from '../workflow-tasks.ts';
import { firingWorkflow, runWorkflow, taskStep, taskWorkflow, type SchedulerMessage } from './names.ts';

process.once('disconnect', () => process.exit(0));
// A terminal's Ctrl-C reaches every process in the foreground: it is orchlab that decides when to stop.
process.on('SIGINT', () => undefined);

const [message] = (await once(process, 'message')) as [SchedulerMessage];
const { evidencePath } = tasksOf(message.tasks, undefined).task;
const { names } = message;

const task = DBOS.registerWorkflow(
  async (runId: string, taskIndex: number, _payload?: string, workflow?: string): Promise<string> => {
    const work = async (): Promise<string> => {
      const attempt = DBOS.stepStatus?.currentAttempt ?? 1;
      const executionId = `${DBOS.workflowID ?? `${runId}-${taskIndex}`}${attempt > 1 ? `-attempt-${attempt}` : ''}`;
      return executeTask(tasksOf(message.tasks, workflow).task, {
        runId,
        taskIndex,
        workflowName: message.workflowName,
        executionId,
        attempt,
      });
    };
    return DBOS.runStep(work, { name: taskStep, ...message.retries });
  },
  { name: taskWorkflow },
);

DBOS.registerWorkflow(
  async (taskCount: number, payload?: string, workflow?: string): Promise<void> => {
    const runId = DBOS.workflowID ?? '';
    const { graph } = tasksOf(message.tasks, workflow);
    const queueName = names.taskQueues[workflow ?? ''] ?? names.taskQueue;
    const priority = message.priorities?.[workflow ?? ''];
    const more: [payload?: string, workflow?: string] =
      workflow === undefined ? (payload === undefined ? [] : [payload]) : [payload, workflow];
    const start = async (taskIndex: number): Promise<WorkflowHandle<unknown>> =>
      DBOS.startWorkflow(task, {
        workflowID: `${runId}-${taskIndex}`,
        queueName,
        ...(priority !== undefined && { enqueueOptions: { priority } }),
      })(runId, taskIndex, ...more);
    if (graph) {
      await startInOrder(graph, start, message.waitIntervalMs);
      return;
    }
    const handles = [];
    for (let taskIndex = 0; taskIndex < taskCount; taskIndex++) handles.push(await start(taskIndex));
    await DBOS.waitAll(handles);
  },
  { name: runWorkflow },
);

DBOS.registerWorkflow(
  async (due: Date, { scheduleIndex }: { readonly scheduleIndex: number }): Promise<void> =>
    DBOS.runStep(
      async () => {
        const beganMs = performance.timeOrigin + performance.now();
        if (evidencePath !== undefined)
          leaveFiring(evidencePath, { scheduleIndex, dueMs: new Date(due).getTime(), createdMs: Number.NaN, beganMs });
      },
      { name: taskStep },
    ),
  { name: firingWorkflow },
);

try {
  DBOS.setConfig({
    name: names.application,
    applicationVersion: names.version,
    listenQueues: [...new Set([...Object.values(names.runQueues), ...Object.values(names.taskQueues)])],
    systemDatabaseUrl: message.databaseUrl,
    systemDatabasePoolSize: message.poolSize,
    executorID: `${names.application}-scheduler-${message.instance}`,
    logLevel: 'warn',
  });
  await DBOS.launch();
  finishWhenAsked(async () => DBOS.shutdown());
  process.send?.({ type: 'ready' });
} catch (error) {
  process.send?.({ type: 'failed', error: reasonOf(error) }, () => process.exit(1));
}
