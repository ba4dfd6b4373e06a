import { Logger, makeWorkerUtils, type WorkerUtils } from 'graphile-worker';
import { join } from 'node:path';
import type pg from 'pg';
import type { Workflow } from '../../config/mixed.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import { cronOf } from '../../config/periodic.ts';
import { installedVersion } from '../installed-version.ts';
import { boundedPlaces, dispatchSettings, optionWarnings, recoveryOf, recoveryWarnings } from '../target-profile.ts';
import { readBatches } from '../read-batches.ts';
import { startSchedulerMain } from '../scheduler-process.ts';
import type { Target, TargetContext, TaskRow } from '../target.ts';
import { openOwnPool, openSubmitPool } from '../target-pool.ts';
import { workflowName } from '../workflow-key.ts';
import { payloadFor, runOf, workflowTasks } from '../workflow-tasks.ts';
import { type GraphileOptions, firingIdentifier, taskIdentifier, type SchedulerMessage, type TaskPayload } from './names.ts';
import { createTaskRecords, type TaskRecord } from './task-records.ts';
import { loadJournal } from './task-journal.ts';

/** graphile-worker waits a while before it calls get_job when its pool has too few connections for its workers. */
const minimumPoolSize = 2;

/**
 * graphile-worker. A task is a job, a run its N jobs, added by one call of add_jobs. Task times: created = jobs.created_at, dispatched =
 * jobs.locked_at (taken into the scheduler's local queue), of the database's clock in whole milliseconds; started and finished are
 * when the task function begins and ends, by the scheduler's clock. The job is deleted when it succeeds: orchlab.graphile_tasks
 * keeps its times, written in batches by the scheduler process.
 */
export async function createGraphileWorkerTarget(context: TargetContext): Promise<Target> {
  const { config, databaseUrl } = context;
  const identifier = taskIdentifier(config.name);
  const options = graphileOptions(config);
  // Unless the config says otherwise, a task that fails is failed at once: retried, it would be counted when its last attempt ends.
  const { max_attempts: maxAttempts } = recoveryOf(config);
  const pool = openOwnPool(databaseUrl);
  const submitPool = openSubmitPool(databaseUrl, config.submit_concurrency);
  submitPool.on('connect', (client) => client.on('error', () => undefined)); // graphile-worker asks for it
  // In the database they would be lost with a scheduler that is killed, or a server that crashes.
  const journal = context.hasFaults ? join(context.temporaryDirectory, 'task-records.jsonl') : undefined;
  let utils: WorkerUtils | undefined;

  return {
    name: 'graphile-worker',
    version: installedVersion('graphile-worker'),
    options: { ...options, maxAttempts },
    warnings: warnings(context),
    noHistory: 'it deletes each job that has ended, so that its tables keep none',
    places: boundedPlaces('concurrentJobs', options.concurrentJobs, config.scheduler.processes, dispatchSettings),
    times: {
      created: { clock: 'database', moment: 'submitted', source: 'jobs.created_at' },
      dispatched: { clock: 'database', moment: 'claimed', source: 'jobs.locked_at' },
      started: { clock: 'host', moment: 'begun', source: 'when the task function was called' },
      finished: { clock: 'host', moment: 'ended', source: 'when the task function had ended' },
    },
    async prepare() {
      utils ??= await makeWorkerUtils({ pgPool: submitPool, preset: { worker: { logger: silentLogger } } });
      await utils.migrate();
      await pool.query(createTaskRecords);
    },
    async startScheduler(instance) {
      const message: SchedulerMessage = {
        databaseUrl: context.schedulerDatabaseUrl ?? databaseUrl,
        ...(journal !== undefined && { journalPath: journal }),
        identifier,
        ...(config.periodic && {
          periodic: { identifier: firingIdentifier(config.name), cron: cronOf(config.periodic), schedules: config.periodic.schedules },
        }),
        workflowName: workflowName(config.name),
        tasks: workflowTasks(config, context.task),
        options,
      };
      return startSchedulerMain(import.meta.url, context, instance, message);
    },
    leastPeriodSeconds: 60,
    delays: true,
    async submit({ taskCount, runId, notBeforeMs, workflow: given }) {
      if (!utils) throw new Error('prepare() comes before submit()');
      const { workflow, label } = runOf(config, given);
      const payload = payloadFor(workflow);
      const common = { ...(label !== undefined && { workflow: label }), ...(payload !== '' && { payload }) };
      await utils.addJobs(
        Array.from({ length: taskCount }, (_, taskIndex) => ({
          identifier,
          payload: { runId, taskIndex, ...common } satisfies TaskPayload,
          maxAttempts,
          ...(notBeforeMs !== undefined && { runAt: new Date(notBeforeMs) }),
          ...jobOptions(identifier, workflow),
        })),
      );
      return runId;
    },
    open: { sql: openSql, values: [identifier] },
    readTasks: () => readTasks(pool, identifier, journal),
    async clean() {
      await pool.query(
        `DELETE FROM graphile_worker._private_jobs WHERE task_id = (SELECT id FROM graphile_worker._private_tasks WHERE identifier = $1)`,
        [identifier],
      );
      await pool.query('DELETE FROM graphile_worker._private_tasks WHERE identifier = $1', [identifier]);
      await pool.query('DELETE FROM orchlab.graphile_tasks WHERE identifier = $1', [identifier]);
    },
    async [Symbol.asyncDispose]() {
      await utils?.release();
      await submitPool.end();
      await pool.end();
    },
  };
}

/** Its lower numbers go first; the jobs of a named queue run one after the other, which is the one limit that it has. */
function jobOptions(identifier: string, { name, priority, limits }: Workflow): { readonly priority?: number; readonly queueName?: string } {
  return { ...(priority !== 0 && { priority: -priority }), ...(limits.concurrency === 1 && { queueName: `${identifier}-${name}` }) };
}

/**
 * The scheduler block of a config as graphile-worker's own options. The delays are those of its published benchmark; where the config speaks of recovery, its
 * default: the end of each job is written by itself, for one of a batch that fails is never tried again, and the pool stops
 * without an end of its process (0.18.0, https://github.com/graphile/worker/issues/636).
 */
function graphileOptions({ scheduler, recovery }: PerfConfig): GraphileOptions {
  const batchDelay = recovery ? -1 : 0;
  const concurrentJobs = scheduler.max_concurrent_dispatches;
  return {
    concurrentJobs,
    maxPoolSize: Math.max(minimumPoolSize, scheduler.db_pool_size),
    pollInterval: scheduler.poll_interval_secs * 1000,
    localQueue: { size: Math.min(scheduler.max_tasks_per_batch, concurrentJobs + 1) },
    completeJobBatchDelay: batchDelay,
    failJobBatchDelay: batchDelay,
  };
}

function warnings(context: TargetContext): string[] {
  const { db_pool_size } = context.config.scheduler;
  return [
    ...recoveryWarnings(context.config, {
      retry_delay_seconds:
        'graphile-worker tries again after e, e², e³ ... seconds (2.7, 7.4, 20), which no option changes: recovery.retry_delay_seconds does not apply.',
      dead_after_seconds:
        'graphile-worker asks its workers for no sign of life, and takes what they locked for free after 4 hours, which no option changes: recovery.dead_after_seconds does not apply.',
      check_seconds: 'graphile-worker looks every 8 to 10 minutes for what is locked for 4 hours: recovery.check_seconds does not apply.',
    }),
    ...optionWarnings(context, {
      ...(db_pool_size < minimumPoolSize && {
        db_pool_size: `graphile-worker needs ${minimumPoolSize} connections: scheduler.db_pool_size ${db_pool_size} is taken as that.`,
      }),
      max_concurrent_status_checks:
        'graphile-worker does not poll the status of its jobs: scheduler.max_concurrent_status_checks does not apply.',
    }),
  ];
}

/** A job that has ended is deleted: the table holds what is open, and what failed. Grouped, not counted as distinct: nothing is sorted. */
const openSql = `
  SELECT /* orchlab */ count(*) AS runs, coalesce(sum(tasks), 0) AS tasks FROM (
    SELECT count(*) AS tasks FROM graphile_worker._private_jobs
    WHERE task_id = (SELECT id FROM graphile_worker._private_tasks WHERE identifier = $1)
      AND (attempts < max_attempts OR locked_at IS NOT NULL)
    GROUP BY payload->>'runId'
  ) AS run`;

/** Tasks that ended, by their records, and those that did not, by graphile-worker's own table. */
const tasksSql = `
  SELECT run_id, task_index, CASE WHEN is_failed THEN 'failed' ELSE 'finished' END AS status, attempts, created_ms, dispatched_ms,
         started_ms, finished_ms
  FROM orchlab.graphile_tasks
  WHERE identifier = $1
  UNION ALL
  SELECT job.payload->>'runId', (job.payload->>'taskIndex')::int,
         CASE WHEN job.locked_at IS NOT NULL THEN 'running' WHEN job.attempts < job.max_attempts THEN 'pending' ELSE 'failed' END,
         job.attempts, extract(epoch FROM job.created_at)::float8 * 1000, extract(epoch FROM job.locked_at)::float8 * 1000, NULL, NULL
  FROM graphile_worker._private_jobs AS job
  JOIN graphile_worker._private_tasks AS task ON task.id = job.task_id
  WHERE task.identifier = $1
    AND NOT EXISTS (
      SELECT FROM orchlab.graphile_tasks AS ended
      WHERE ended.identifier = $1 AND ended.run_id = job.payload->>'runId' AND ended.task_index = (job.payload->>'taskIndex')::int
    )`;

async function* readTasks(pool: pg.Pool, identifier: string, journal: string | undefined): AsyncGenerator<readonly TaskRow[]> {
  if (journal !== undefined) await loadJournal(pool, identifier, journal);
  type Row = Omit<TaskRecord, 'is_failed' | 'started_ms' | 'finished_ms'> & {
    readonly status: 'pending' | 'running' | 'finished' | 'failed';
    readonly started_ms: number | null;
    readonly finished_ms: number | null;
  };
  for await (const rows of readBatches<Row>(pool, tasksSql, [identifier])) {
    yield rows.map((row) => ({
      runId: row.run_id,
      taskIndex: row.task_index,
      status: row.status,
      createdMs: row.created_ms,
      dispatchedMs: row.dispatched_ms ?? Number.NaN,
      startedMs: row.started_ms ?? Number.NaN,
      finishedMs: row.finished_ms ?? Number.NaN,
      attempts: row.attempts,
    }));
  }
}

/** What there is to say, its exceptions say. */
const silentLogger = new Logger(() => () => undefined);
