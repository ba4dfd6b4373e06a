import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import type pg from 'pg';
import type { PerfConfig } from '../../config/perf-config.ts';
import { type Limits, type Workflow, configOf, taskShares, workflowsOf } from '../../config/mixed.ts';
import { type Periodic, cronOf } from '../../config/periodic.ts';
import { withApplicationName } from '../../database/database-url.ts';
import { submissionApplication } from '../../database/own-work.ts';
import type { Ceiling } from '../../results/ceiling.ts';
import type { Places } from '../../results/target-profile.ts';
import { installedVersion } from '../installed-version.ts';
import { boundedPlaces, dispatchSettings, optionWarnings, recoveryOf, recoveryWarnings } from '../target-profile.ts';
import { readBatches } from '../read-batches.ts';
import { startSchedulerMain } from '../scheduler-process.ts';
import type { RunRequest, Target, TargetContext, TaskRow } from '../target.ts';
import { openOwnPool, withHistoryPool } from '../target-pool.ts';
import { toTaskState } from '../task-state.ts';
import { workflowName } from '../workflow-key.ts';
import { payloadFor, runOf, workflowTasks } from '../workflow-tasks.ts';
import { addDbosHistory } from './history.ts';
import { dbosNames, dbosPriority, firingWorkflow, isLimited, runWorkflow, type SchedulerMessage, taskStep, taskWorkflow } from './names.ts';
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
    SELECT own.tasks, CASE WHEN status = 'ENQUEUED' THEN 0 ELSE (
      SELECT count(*) FROM dbos.workflow_status AS task
      WHERE task.parent_workflow_id = run.workflow_uuid AND task.status NOT IN ('DELAYED', 'ENQUEUED', 'PENDING')
    ) END AS ended
    FROM unnest($1::text[], $2::int[]) AS own (queue, tasks)
    JOIN dbos.workflow_status AS run ON run.queue_name = own.queue
    WHERE status IN ('ENQUEUED', 'PENDING')
    UNION ALL
    SELECT own.tasks, 0
    FROM unnest($1::text[], $2::int[]) AS own (queue, tasks)
    JOIN dbos.workflow_status AS run ON run.queue_name = own.queue
    WHERE status = 'DELAYED'
  )
  SELECT /* orchlab */ count(*) AS runs, coalesce(sum(tasks - ended), 0) AS tasks FROM run WHERE ended < tasks`;

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
  const names = dbosNames(config);
  const workflows = workflowsOf(config);
  const options = dbosOptions(config);
  const retries = stepRetries(config);
  const tasks = workflowTasks(config, context.task);
  const hasGraph = Object.values(tasks).some(({ graph }) => graph !== undefined);
  const priorities = prioritiesOf(workflows);

  return {
    name: 'dbos',
    version: installedVersion('@dbos-inc/dbos-sdk'),
    options: {
      ...options,
      useListenNotify: true,
      ...retries,
      ...(hasGraph && { waitPollingIntervalMs: options.minPollingIntervalMs }),
    },
    warnings: [
      ...priorityWarnings(workflows),
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
    places: placesOf(config, options.workerConcurrency),
    // Each queue of a workflow with limits is polled by itself.
    ceilings: workflows.some(({ limits }) => isLimited(limits)) ? [] : [pollingCeiling(config)],
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
      for (const queue of Object.values(names.runQueues)) await client.registerQueue(queue, { minPollingIntervalMs, onConflict });
      const registered = new Set<string>();
      for (const { name, limits } of workflows) {
        const queue = names.taskQueues[name] ?? names.taskQueue;
        if (registered.has(queue)) continue;
        registered.add(queue);
        await client.registerQueue(queue, { minPollingIntervalMs, ...queueLimits(limits, workerConcurrency), onConflict });
      }
      if (config.periodic) await client.applySchedules(schedulesOf(config.periodic, names.application));
    },
    async addHistory(count) {
      ownFromMs = await withHistoryPool(databaseUrl, async (own) => addDbosHistory(own, names, count, config.tasks_per_workflow));
    },
    async startScheduler(instance) {
      const message: SchedulerMessage = {
        instance,
        databaseUrl: context.schedulerDatabaseUrl ?? databaseUrl,
        names,
        workflowName: workflowName(config.name),
        tasks,
        ...(priorities && { priorities }),
        poolSize: options.systemDatabasePoolSize,
        retries,
        waitIntervalMs: options.minPollingIntervalMs,
      };
      return startSchedulerMain(import.meta.url, context, instance, message);
    },
    leastPeriodSeconds: 1,
    delays: true,
    async submit(run: RunRequest) {
      if (!client) throw new Error('prepare() comes before submit()');
      const { workflow, label } = runOf(config, run.workflow);
      const payload = payloadFor(workflow);
      const queueName = names.runQueues[workflow.name] ?? '';
      const handle = await client.enqueue(
        { queueName, workflowName: runWorkflow, appVersion: names.version, workflowID: run.runId, ...delayOf(run) },
        run.taskCount,
        ...(label === undefined ? (payload === '' ? [] : [payload]) : [payload, label]),
      );
      return handle.workflowID;
    },
    open: { sql: openSql, values: [workflows.map(({ name }) => names.runQueues[name] ?? ''), workflows.map((each) => String(each.tasks))] },
    readTasks: () => readTasks(pool, [...new Set(Object.values(names.taskQueues))], ownFromMs),
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
      for (const queue of new Set([...Object.values(names.runQueues), ...Object.values(names.taskQueues)]))
        await client?.deleteQueue(queue);
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

/** As DBOS takes them, by workflow; none where all are the same: then it orders by age alone anyway. */
function prioritiesOf(workflows: readonly Workflow[]): SchedulerMessage['priorities'] {
  if (workflows.every(({ priority }) => priority === workflows[0]?.priority)) return undefined;
  return Object.fromEntries(workflows.map(({ name, priority }) => [name, dbosPriority(priority)]));
}

function priorityWarnings(workflows: readonly Workflow[]): string[] {
  if (!prioritiesOf(workflows)) return [];
  return workflows.flatMap(({ name, limits }) =>
    isLimited(limits)
      ? [`DBOS orders by priority within a queue, and limits are of a queue: ${name} has one of its own, and its priority does not apply.`]
      : [],
  );
}

/** DBOS refuses a limit of all workers that is below that of one. */
function queueLimits({ concurrency, rate }: Limits, workerConcurrency: number) {
  return {
    workerConcurrency: Math.min(workerConcurrency, concurrency ?? Number.POSITIVE_INFINITY),
    ...(concurrency !== undefined && { globalConcurrency: concurrency }),
    ...(rate && { rateLimit: { limitPerPeriod: rate.tasks, periodSec: rate.seconds } }),
  };
}

/** workerConcurrency is of each queue by itself: those of workflows with limits come on top. */
function placesOf(config: PerfConfig, workerConcurrency: number): Places {
  const { processes } = config.scheduler;
  const workflows = workflowsOf(config);
  const limited = workflows.filter(({ limits }) => isLimited(limits));
  if (limited.length === 0) return boundedPlaces('workerConcurrency', workerConcurrency, processes, dispatchSettings);
  const shared = limited.length < workflows.length ? workerConcurrency * processes : 0;
  const own = limited.map(({ limits }) => Math.min(workerConcurrency * processes, limits.concurrency ?? Number.POSITIVE_INFINITY));
  return {
    kind: 'bounded',
    count: own.reduce((sum, each) => sum + each, shared),
    by: `workerConcurrency ${workerConcurrency} of each queue, and limits`,
    settings: [...dispatchSettings, 'workflows'],
  };
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
  const { scheduler } = config;
  const shares = taskShares(config);
  const workflows = workflowsOf(config);
  const { poll_interval_secs: seconds, max_concurrent_dispatches: places, processes } = scheduler;
  // A task that works for exactly so long has ended after the poll, not at it; 0.3 / 0.1 is to be 3.
  const pollsOf = (workflow: Workflow): number =>
    meanOfDraws(workflow.duration, (worked) => Math.floor((worked * executionsPerTask(configOf(config, workflow))) / seconds + 1e-9) + 1);
  const polls = workflows.reduce((sum, workflow, index) => sum + (shares[index] ?? 0) * pollsOf(workflow), 0);
  const isOne = workflows.length === 1 && typeof workflows[0]?.duration === 'number';
  return {
    name: 'polling',
    title: 'places, refilled at polls',
    figure: 'throughput.tasksPerSecond',
    value: (places * processes) / (polls * seconds),
    settings: ['scheduler.max_concurrent_dispatches', 'scheduler.poll_interval_secs', 'scheduler.processes'],
    formula: `${places * processes} places, each held for ${Number(polls.toPrecision(3))} ${polls === 1 ? 'poll' : 'polls'}${isOne ? '' : ' on average'} of ${seconds} s (minPollingIntervalMs)`,
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

async function* readTasks(pool: pg.Pool, taskQueues: readonly string[], fromMs: number): AsyncGenerator<readonly TaskRow[]> {
  const sql = `
    SELECT task.workflow_uuid, task.parent_workflow_id, task.status, task.created_at, task.started_at_epoch_ms AS dispatched_at,
           step.started_at_epoch_ms AS started_at, task.completed_at, task.recovery_attempts
    FROM dbos.workflow_status AS task
    LEFT JOIN dbos.operation_outputs AS step ON step.workflow_uuid = task.workflow_uuid AND step.function_name = $2
    WHERE task.name = $1 AND task.queue_name = ANY ($3::text[]) AND task.created_at >= $4::float8::bigint`;
  for await (const records of readBatches<TaskRecord>(pool, sql, [taskWorkflow, taskStep, taskQueues, fromMs])) {
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
