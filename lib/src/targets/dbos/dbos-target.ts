import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import type pg from 'pg';
import type { PerfConfig } from '../../config/perf-config.ts';
import { type Periodic, cronOf } from '../../config/periodic.ts';
import { taskGraph } from '../../config/task-graph.ts';
import { withApplicationName } from '../../database/database-url.ts';
import { submissionApplication } from '../../database/own-work.ts';
import type { Ceiling } from '../../results/ceiling.ts';
import { installedVersion } from '../installed-version.ts';
import { boundedPlaces, dispatchSettings, optionWarnings, recoveryOf, recoveryWarnings } from '../target-profile.ts';
import { readBatches } from '../read-batches.ts';
import { startSchedulerMain } from '../scheduler-process.ts';
import type { RunRequest, Target, TargetContext, TaskRow } from '../target.ts';
import { payloadOf } from '../payload.ts';
import { openOwnPool, withHistoryPool } from '../target-pool.ts';
import { toTaskState } from '../task-state.ts';
import { workflowName } from '../workflow-key.ts';
import { addDbosHistory } from './history.ts';
import { dbosNames, firingWorkflow, runWorkflow, type SchedulerMessage, taskStep, taskWorkflow } from './names.ts';
import { executionsPerTask } from '../../config/work.ts';
import { meanOfDraws } from '../../config/task-duration.ts';

/** DBOS's states, in orchlab's words. A task that DBOS has taken off the queue (PENDING) runs: it records no step between. */
const taskStates: Readonly<Record<string, TaskRow['status']>> = {
  DELAYED: 'pending',
  ENQUEUED: 'pending',
  PENDING: 'running',
  SUCCESS: 'finished',
  ERROR: 'failed',
  MAX_RECOVERY_ATTEMPTS_EXCEEDED: 'failed',
  CANCELLED: 'cancelled',
};

/**
 * Served by three of DBOS's indexes, on what is in flight in a queue, on what is delayed, and on the children of a workflow, however many runs have ended. A run
 * that is still on its queue has no tasks to look for. Its own workflow ends up to a second after its last task, because it polls for it:
 * it is the tasks that count.
 */
const openSql = `
  WITH run AS MATERIALIZED (
    SELECT CASE WHEN status = 'ENQUEUED' THEN 0 ELSE (
      SELECT count(*) FROM dbos.workflow_status AS task
      WHERE task.parent_workflow_id = run.workflow_uuid AND task.status NOT IN ('DELAYED', 'ENQUEUED', 'PENDING')
    ) END AS ended
    FROM dbos.workflow_status AS run
    WHERE queue_name = $1 AND status IN ('ENQUEUED', 'PENDING')
    UNION ALL
    SELECT 0 FROM dbos.workflow_status WHERE queue_name = $1 AND status = 'DELAYED'
  )
  SELECT /* orchlab */ count(*) AS runs, coalesce(sum($2::int - ended), 0) AS tasks FROM run WHERE ended < $2::int`;

/** Workflows deleted by one statement. */
const cleanBatch = 1000;

/**
 * DBOS Transact for TypeScript. Task times come from its own tables, in whole milliseconds:
 * created = workflow_status.created_at, dispatched = workflow_status.started_at_epoch_ms (taken off the queue),
 * started = operation_outputs.started_at_epoch_ms (the step begins), finished = workflow_status.completed_at.
 * created and started are Date.now() of a DBOS process, which is rounded down, dispatched and finished now() of the database, rounded to
 * nearest (system_database.js of 5.3): each is taken for the middle of what it may have been, so that no phase is half a millisecond too long.
 */
export async function createDbosTarget(context: TargetContext): Promise<Target> {
  const { config, databaseUrl } = context;
  const pool = openOwnPool(databaseUrl);
  let client: DBOSClient | undefined;
  /** Tasks that were made before are of the history. */
  let ownFromMs = 0;
  const names = dbosNames(config.name);
  const payload = payloadOf(config.work?.payload_bytes_in ?? 0);
  const options = dbosOptions(config);
  const retries = stepRetries(config);
  const graph = taskGraph(config);

  return {
    name: 'dbos',
    version: installedVersion('@dbos-inc/dbos-sdk'),
    options: {
      ...options,
      useListenNotify: true,
      ...retries,
      ...(graph && { waitPollingIntervalMs: options.minPollingIntervalMs }),
    },
    warnings: [
      ...recoveryWarnings(config, {
        dead_after_seconds:
          'DBOS without its Conductor takes over what an executor left when one of the same id starts: recovery.dead_after_seconds does not apply.',
        check_seconds: 'DBOS without its Conductor looks for what an executor left when it starts: recovery.check_seconds does not apply.',
      }),
      ...optionWarnings(context, {
        max_tasks_per_batch: 'DBOS takes as many tasks as max_concurrent_dispatches allows: scheduler.max_tasks_per_batch does not apply.',
        max_concurrent_status_checks: 'DBOS polls no status of its tasks: scheduler.max_concurrent_status_checks does not apply.',
      }),
    ],
    places: boundedPlaces('workerConcurrency', options.workerConcurrency, config.scheduler.processes, dispatchSettings),
    ceilings: [pollingCeiling(config)],
    times: {
      created: { clock: 'host', moment: 'expanded', source: 'workflow_status.created_at' },
      dispatched: { clock: 'database', moment: 'claimed', source: 'workflow_status.started_at_epoch_ms' },
      started: { clock: 'host', moment: 'begun', source: 'operation_outputs.started_at_epoch_ms' },
      finished: { clock: 'database', moment: 'recorded', source: 'workflow_status.completed_at' },
    },
    async prepare() {
      await DBOS.migrate(databaseUrl);
      client ??= await DBOSClient.create({
        systemDatabaseUrl: withApplicationName(databaseUrl, submissionApplication),
        systemDatabasePoolSize: config.submit_concurrency,
        applicationName: names.application,
        logger: silentLogger,
      });
      // Before a scheduler starts: one that finds them at its launch polls them at once, otherwise only after a second or two.
      const { minPollingIntervalMs, workerConcurrency } = options;
      const onConflict = 'always_update';
      await client.registerQueue(names.runQueue, { minPollingIntervalMs, onConflict });
      await client.registerQueue(names.taskQueue, { minPollingIntervalMs, workerConcurrency, onConflict });
      if (config.periodic) await client.applySchedules(schedulesOf(config.periodic, names.application));
    },
    async addHistory(tasks) {
      ownFromMs = await withHistoryPool(databaseUrl, async (own) => addDbosHistory(own, names, tasks, config.tasks_per_workflow));
    },
    async startScheduler(instance) {
      const message: SchedulerMessage = {
        instance,
        databaseUrl: context.schedulerDatabaseUrl ?? databaseUrl,
        names,
        workflowName: workflowName(config.name),
        task: context.task,
        poolSize: options.systemDatabasePoolSize,
        retries,
        ...(graph && { graph }),
        waitIntervalMs: options.minPollingIntervalMs,
      };
      return startSchedulerMain(import.meta.url, context, instance, message);
    },
    leastPeriodSeconds: 1,
    delays: true,
    async submit(run: RunRequest) {
      if (!client) throw new Error('prepare() comes before submit()');
      const handle = await client.enqueue(
        { queueName: names.runQueue, workflowName: runWorkflow, appVersion: names.version, workflowID: run.runId, ...delayOf(run) },
        run.taskCount,
        ...(payload === '' ? [] : [payload]),
      );
      return handle.workflowID;
    },
    open: { sql: openSql, values: [names.runQueue, config.tasks_per_workflow] },
    readTasks: () => readTasks(pool, names.taskQueue, ownFromMs),
    async clean() {
      const { rows } = await pool.query<{ id: string }>(
        'SELECT workflow_uuid AS id FROM dbos.workflow_status WHERE application_version = $1',
        [names.version],
      );
      for (let first = 0; first < rows.length; first += cleanBatch) {
        await client?.deleteWorkflows(rows.slice(first, first + cleanBatch).map(({ id }) => id));
      }
      for (const { scheduleName } of config.periodic ? schedulesOf(config.periodic, names.application) : [])
        await client?.deleteSchedule(scheduleName);
      await client?.deleteQueue(names.runQueue);
      await client?.deleteQueue(names.taskQueue);
    },
    async [Symbol.asyncDispose]() {
      await client?.destroy();
      await pool.end();
    },
  };
}

/**
 * DBOS counts the seconds of a delay from its own call on, and takes none that is over. 1000 times what it is given must be a whole number (5.3: it is added to
 * Date.now() for a bigint), which for 1.001 it is not.
 */
function delayOf({ notBeforeMs }: RunRequest): { readonly delaySeconds?: number } {
  if (notBeforeMs === undefined) return {};
  let milliseconds = Math.ceil(notBeforeMs - Date.now());
  while (!Number.isInteger((milliseconds / 1000) * 1000)) milliseconds++;
  return milliseconds > 0 ? { delaySeconds: milliseconds / 1000 } : {};
}

/** What a schedule begins is told which it is of. */
function schedulesOf(periodic: Periodic, application: string) {
  return Array.from({ length: periodic.schedules }, (_, scheduleIndex) => ({
    scheduleName: `${application}-${scheduleIndex}`,
    workflowName: firingWorkflow,
    schedule: cronOf(periodic),
    context: { scheduleIndex },
    applicationName: application,
  }));
}

/** Retries are those of the step: the workflow of the task keeps its place meanwhile. */
function stepRetries(config: PerfConfig): SchedulerMessage['retries'] {
  const { max_attempts: maxAttempts, retry_delay_seconds: intervalSeconds } = recoveryOf(config);
  if (maxAttempts === 1) return {};
  return { retriesAllowed: true, maxAttempts, ...(intervalSeconds !== undefined && { intervalSeconds, backoffRate: 1 }) };
}

/** The scheduler block of a config as DBOS's own options. */
function dbosOptions({ scheduler }: PerfConfig) {
  return {
    minPollingIntervalMs: scheduler.poll_interval_secs * 1000,
    workerConcurrency: scheduler.max_concurrent_dispatches,
    systemDatabasePoolSize: scheduler.db_pool_size,
  };
}

/**
 * A scheduler takes tasks only when it polls (wfqueue.js of 5.3: `findAndMarkStartableWorkflows` for what workerConcurrency leaves, then
 * `nextPollAt`), so that the place of a task that has ended stays empty until the next poll: it is held for whole polls.
 */
function pollingCeiling(config: PerfConfig): Ceiling {
  const { duration, scheduler } = config;
  const { poll_interval_secs: seconds, max_concurrent_dispatches: places, processes } = scheduler;
  // A task that works for exactly so long has ended after the poll, not at it; 0.3 / 0.1 is to be 3.
  const polls = meanOfDraws(duration, (worked) => Math.floor((worked * executionsPerTask(config)) / seconds + 1e-9) + 1);
  return {
    name: 'polling',
    title: 'places, refilled at polls',
    figure: 'throughput.tasksPerSecond',
    value: (places * processes) / (polls * seconds),
    settings: ['scheduler.max_concurrent_dispatches', 'scheduler.poll_interval_secs', 'scheduler.processes'],
    formula: `${places * processes} places, each held for ${Number(polls.toPrecision(3))} ${polls === 1 ? 'poll' : 'polls'}${typeof duration === 'number' ? '' : ' on average'} of ${seconds} s (minPollingIntervalMs)`,
    atOnce: places * processes,
  };
}

interface TaskRecord {
  readonly workflow_uuid: string;
  readonly parent_workflow_id: string;
  readonly status: string;
  readonly created_at: string;
  readonly dispatched_at: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly recovery_attempts: string | null;
}

async function* readTasks(pool: pg.Pool, taskQueue: string, fromMs: number): AsyncGenerator<readonly TaskRow[]> {
  const sql = `
    SELECT task.workflow_uuid, task.parent_workflow_id, task.status, task.created_at, task.started_at_epoch_ms AS dispatched_at,
           step.started_at_epoch_ms AS started_at, task.completed_at, task.recovery_attempts
    FROM dbos.workflow_status AS task
    LEFT JOIN dbos.operation_outputs AS step ON step.workflow_uuid = task.workflow_uuid AND step.function_name = $2
    WHERE task.name = $1 AND task.queue_name = $3 AND task.created_at >= $4::float8::bigint`;
  for await (const records of readBatches<TaskRecord>(pool, sql, [taskWorkflow, taskStep, taskQueue, fromMs])) {
    yield records.map((record) => ({
      runId: record.parent_workflow_id,
      // The task's id is its run's, a dash and its index.
      taskIndex: Number(record.workflow_uuid.slice(record.parent_workflow_id.length + 1)),
      status: toTaskState('DBOS', taskStates, record.status),
      createdMs: toMs(record.created_at) + floorMs,
      dispatchedMs: toMs(record.dispatched_at),
      startedMs: toMs(record.started_at) + floorMs,
      finishedMs: toMs(record.completed_at),
      attempts: Number(record.recovery_attempts ?? 0),
    }));
  }
}

/** A moment that was rounded down to whole milliseconds was half of one later, on average; one rounded to nearest was not. */
const floorMs = 0.5;

/** A bigint column comes as text; null is a time that never was. */
function toMs(value: string | null): number {
  return value === null ? Number.NaN : Number(value);
}

const ignore = (): void => undefined;
/** The client logs nothing that its exceptions do not say. */
const silentLogger = { info: ignore, debug: ignore, warn: ignore, error: ignore };
