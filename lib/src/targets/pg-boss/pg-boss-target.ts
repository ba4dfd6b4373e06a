import type pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { PerfConfig } from '../../config/perf-config.ts';
import { type Workflow, workflowsOf } from '../../config/mixed.ts';
import { cronOf } from '../../config/periodic.ts';
import { parentsOf } from '../../config/task-graph.ts';
import { submissionApplication } from '../../database/own-work.ts';
import { installedVersion } from '../installed-version.ts';
import { boundedPlaces, dispatchSettings, optionWarnings, recoveryOf, recoveryWarnings } from '../target-profile.ts';
import { readBatches } from '../read-batches.ts';
import { startSchedulerMain } from '../scheduler-process.ts';
import type { Target, TargetContext, TaskRow } from '../target.ts';
import { openOwnPool, withHistoryPool } from '../target-pool.ts';
import { toTaskState } from '../task-state.ts';
import { workflowName } from '../workflow-key.ts';
import { payloadFor, runOf, tasksOf, workflowTasks } from '../workflow-tasks.ts';
import { addPgBossHistory } from './history.ts';
import { type PgBossOptions, firingQueueName, queueName, schema, type SchedulerMessage, type TaskData } from './names.ts';

/** pg-boss's states, in orchlab's words. An active job runs: pg-boss takes a job and calls its handler in one step. */
const taskStates: Readonly<Record<string, TaskRow['status']>> = {
  created: 'pending',
  retry: 'pending',
  active: 'running',
  completed: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Served by pg-boss's partial index on what is in flight, however many jobs have ended. Grouped, not counted as distinct: nothing is sorted. */
const openSql = `
  SELECT /* orchlab */ count(*) AS runs, coalesce(sum(tasks), 0) AS tasks FROM (
    SELECT count(*) AS tasks FROM ${schema}.job WHERE name = $1 AND state IN ('created', 'retry', 'active') GROUP BY data->>'runId'
  ) AS run`;

const minimumPollingSeconds = 0.5;
/** The least that pg-boss takes. */
const minimumHeartbeatSeconds = 10;
const minimumMonitorSeconds = 1;
const minimumFlowSeconds = 1;
/** A day, the most that pg-boss takes: its 15 minutes would fail a task that takes longer. */
const expireInSeconds = 24 * 60 * 60;

/**
 * pg-boss. A task is a job, a run its N jobs, inserted by one statement; with a shape they are a flow. Task times: created = job.created_on, dispatched =
 * job.started_on (taken off the queue), finished = job.completed_on, all of the database's clock; started is when the handler was
 * called by the scheduler's clock, kept by pg-boss in the job's output.
 */
export async function createPgBossTarget(context: TargetContext): Promise<Target> {
  const { config, databaseUrl } = context;
  const queue = queueName(config.name);
  const firingQueue = firingQueueName(config.name);
  const options = pgBossOptions(config);
  const tasks = workflowTasks(config, context.task);
  const pool = openOwnPool(databaseUrl);
  let boss: PgBoss | undefined;
  /** Jobs that were made before are of the history. */
  let ownFromMs = 0;

  const started = async (): Promise<PgBoss> => {
    if (boss) return boss;
    const made = new PgBoss({
      connectionString: databaseUrl,
      application_name: submissionApplication,
      schema,
      max: config.submit_concurrency,
      supervise: false,
      schedule: false,
    });
    made.on('error', () => undefined); // shows in the call that it breaks
    await made.start();
    boss = made;
    return made;
  };

  return {
    name: 'pg-boss',
    version: installedVersion('pg-boss'),
    options: {
      batchSize: 1,
      workersOfOneJob: options.workers,
      pollingIntervalSeconds: options.pollingIntervalSeconds,
      notifyPollingIntervalSeconds: options.pollingIntervalSeconds,
      max: options.max,
      useListenNotify: true,
      notifyWorkerAfterEachJob: true,
      retryLimit: options.retryLimit,
      ...(options.retryDelay !== undefined && { retryDelay: options.retryDelay }),
      ...(options.heartbeatSeconds !== undefined && { heartbeatSeconds: options.heartbeatSeconds }),
      ...(options.monitorIntervalSeconds !== undefined && {
        superviseIntervalSeconds: options.monitorIntervalSeconds,
        monitorIntervalSeconds: options.monitorIntervalSeconds,
      }),
      ...(options.flowIntervalSeconds !== undefined && { flowIntervalSeconds: options.flowIntervalSeconds }),
      expireInSeconds,
      ...(options.groupTiers && { groupConcurrency: options.groupTiers }),
    },
    warnings: warnings(context),
    places: boundedPlaces('workers of one job', options.workers, config.scheduler.processes, dispatchSettings),
    times: {
      created: { clock: 'database', moment: 'submitted', source: 'job.created_on' },
      dispatched: { clock: 'database', moment: 'claimed', source: 'job.started_on' },
      started: { clock: 'host', moment: 'begun', source: 'when the handler was called, in job.output' },
      finished: { clock: 'database', moment: 'recorded', source: 'job.completed_on' },
    },
    async prepare() {
      const client = await started();
      const { retryLimit, retryDelay, heartbeatSeconds } = options;
      await client.createQueue(queue, {
        policy: 'standard',
        notify: true,
        retryLimit,
        ...(retryDelay !== undefined && { retryDelay }),
        expireInSeconds,
        ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
      });
      if (!config.periodic) return;
      await client.createQueue(firingQueue, { notify: true });
      for (let scheduleIndex = 0; scheduleIndex < config.periodic.schedules; scheduleIndex++)
        await client.schedule(firingQueue, cronOf(config.periodic), { scheduleIndex }, { key: String(scheduleIndex) });
    },
    async addHistory(jobs) {
      const jobsOf = { name: queue, tasksPerRun: config.tasks_per_workflow, retryLimit: options.retryLimit, expireInSeconds };
      ownFromMs = await withHistoryPool(databaseUrl, async (own) => addPgBossHistory(own, jobsOf, jobs));
    },
    async startScheduler(instance) {
      const message: SchedulerMessage = {
        databaseUrl: context.schedulerDatabaseUrl ?? databaseUrl,
        queue,
        ...(config.periodic && { firingQueue }),
        workflowName: workflowName(config.name),
        tasks,
        options,
      };
      return startSchedulerMain(import.meta.url, context, instance, message);
    },
    // It takes seconds in an expression, and looks for what was due in the last minute.
    leastPeriodSeconds: 60,
    delays: true,
    async submit({ taskCount, runId, notBeforeMs, workflow: given }) {
      if (!boss) throw new Error('prepare() comes before submit()');
      const { workflow, label } = runOf(config, given);
      const payload = payloadFor(workflow);
      const common = { ...(label !== undefined && { workflow: label }), ...(payload !== '' && { payload }) };
      const jobs = Array.from({ length: taskCount }, (_, taskIndex) => ({
        ...(notBeforeMs !== undefined && { startAfter: new Date(notBeforeMs) }),
        data: { runId, taskIndex, ...common } satisfies TaskData,
      }));
      const ofJob = jobOptions(workflow);
      const { graph } = tasksOf(tasks, label);
      if (graph)
        await boss.flow(
          jobs.map((job, taskIndex) => ({
            ...job,
            options: ofJob,
            name: queue,
            ref: String(taskIndex),
            dependsOn: Array.from(parentsOf(graph, taskIndex), String),
          })),
        );
      else
        await boss.insert(
          queue,
          jobs.map((job) => ({ ...job, ...ofJob })),
        );
      return runId;
    },
    open: { sql: openSql, values: [queue] },
    readTasks: () => readTasks(pool, queue, ownFromMs),
    async clean() {
      const client = await started();
      await client.deleteQueue(queue);
      if (config.periodic) await client.deleteQueue(firingQueue);
    },
    async [Symbol.asyncDispose]() {
      await boss?.stop({ graceful: false });
      await pool.end();
    },
  };
}

function pgBossOptions(config: PerfConfig): PgBossOptions {
  const { scheduler } = config;
  const { max_attempts, retry_delay_seconds, dead_after_seconds, check_seconds } = recoveryOf(config);
  const limited = workflowsOf(config).flatMap(({ name, limits: { concurrency } }) =>
    concurrency === undefined ? [] : [[name, concurrency] as const],
  );
  return {
    workers: scheduler.max_concurrent_dispatches,
    pollingIntervalSeconds: Math.max(minimumPollingSeconds, scheduler.poll_interval_secs),
    max: scheduler.db_pool_size,
    // Unless the config says otherwise, a task that fails is failed at once: retried, it would be counted when its last attempt ends.
    retryLimit: max_attempts - 1,
    ...(retry_delay_seconds !== undefined && { retryDelay: wholeSeconds(retry_delay_seconds, 0) }),
    ...(dead_after_seconds !== undefined && { heartbeatSeconds: wholeSeconds(dead_after_seconds, minimumHeartbeatSeconds) }),
    ...(check_seconds !== undefined && { monitorIntervalSeconds: wholeSeconds(check_seconds, minimumMonitorSeconds) }),
    ...(limited.length > 0 && { groupTiers: Object.fromEntries(limited) }),
    ...(workflowsOf(config).some(({ shape }) => shape !== 'parallel') && {
      flowIntervalSeconds: Math.max(minimumFlowSeconds, scheduler.poll_interval_secs),
    }),
  };
}

/** What tells the jobs of one workflow from those of another; nothing where it asks for nothing. In pg-boss, too, a higher priority goes first. */
function jobOptions({ name, priority, limits }: Workflow): {
  readonly priority?: number;
  readonly group?: { readonly id: string; readonly tier: string };
} {
  return { ...(priority !== 0 && { priority }), ...(limits.concurrency !== undefined && { group: { id: name, tier: name } }) };
}

function wholeSeconds(seconds: number, minimum: number): number {
  return Math.max(minimum, Math.ceil(seconds));
}

function warnings(context: TargetContext): string[] {
  const { poll_interval_secs } = context.config.scheduler;
  const { retryDelay, heartbeatSeconds, monitorIntervalSeconds, flowIntervalSeconds = 0 } = pgBossOptions(context.config);
  const { retry_delay_seconds, dead_after_seconds, check_seconds } = recoveryOf(context.config);
  return [
    ...(flowIntervalSeconds > poll_interval_secs
      ? [
          `pg-boss looks for jobs whose parents have ended every ${minimumFlowSeconds} s at the most: scheduler.poll_interval_secs ${poll_interval_secs} is taken as ${flowIntervalSeconds} for that, and a task waits up to that long for those that it comes after.`,
        ]
      : []),
    ...recoveryWarnings(context.config, {
      ...(retryDelay !== retry_delay_seconds && {
        retry_delay_seconds: `pg-boss takes whole seconds until it tries again: recovery.retry_delay_seconds ${retry_delay_seconds} is taken as ${retryDelay}.`,
      }),
      ...(heartbeatSeconds !== dead_after_seconds && {
        dead_after_seconds: `pg-boss takes whole seconds for its heartbeats, ${minimumHeartbeatSeconds} at the least: recovery.dead_after_seconds ${dead_after_seconds} is taken as ${heartbeatSeconds}.`,
      }),
      ...(monitorIntervalSeconds !== check_seconds && {
        check_seconds: `pg-boss looks after dead workers in whole seconds, ${minimumMonitorSeconds} at the least: recovery.check_seconds ${check_seconds} is taken as ${monitorIntervalSeconds}.`,
      }),
    }),
    ...optionWarnings(context, {
      ...(poll_interval_secs < minimumPollingSeconds && {
        poll_interval_secs: `pg-boss polls every ${minimumPollingSeconds} s at the most: scheduler.poll_interval_secs ${poll_interval_secs} is taken as ${minimumPollingSeconds} (a NOTIFY wakes its workers in between).`,
      }),
      max_tasks_per_batch: 'pg-boss takes one job for each of its workers: scheduler.max_tasks_per_batch does not apply.',
      max_concurrent_status_checks: 'pg-boss does not poll the status of its jobs: scheduler.max_concurrent_status_checks does not apply.',
    }),
  ];
}

interface TaskRecord {
  readonly run_id: string;
  readonly task_index: number;
  readonly state: string;
  readonly created_ms: number;
  readonly dispatched_ms: number | null;
  readonly started_ms: number | null;
  readonly finished_ms: number | null;
  readonly attempts: number;
}

async function* readTasks(pool: pg.Pool, queue: string, fromMs: number): AsyncGenerator<readonly TaskRow[]> {
  const sql = `
    SELECT data->>'runId' AS run_id, (data->>'taskIndex')::int AS task_index, state::text AS state,
           extract(epoch FROM created_on)::float8 * 1000 AS created_ms, extract(epoch FROM started_on)::float8 * 1000 AS dispatched_ms,
           (output->>'startedMs')::float8 AS started_ms, extract(epoch FROM completed_on)::float8 * 1000 AS finished_ms,
           CASE WHEN started_on IS NULL THEN 0 ELSE retry_count + 1 END AS attempts
    FROM ${schema}.job
    WHERE name = $1 AND created_on >= to_timestamp($2::float8 / 1000)`;
  for await (const records of readBatches<TaskRecord>(pool, sql, [queue, fromMs])) {
    yield records.map((record) => ({
      runId: record.run_id,
      taskIndex: record.task_index,
      status: toTaskState('pg-boss', taskStates, record.state),
      createdMs: record.created_ms,
      dispatchedMs: record.dispatched_ms ?? Number.NaN,
      startedMs: record.started_ms ?? Number.NaN,
      finishedMs: record.finished_ms ?? Number.NaN,
      attempts: record.attempts,
    }));
  }
}
