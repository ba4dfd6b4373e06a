import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TaskGraph, parentsOf, taskGraph } from '../../src/config/task-graph.ts';
import { configOf, workflowsOf } from '../../src/config/mixed.ts';
import { join } from 'node:path';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { seededRandom } from '../../src/random/seeded-random.ts';
import { leaveBegin, leaveEnd } from '../../src/targets/evidence.ts';
import { readBatches } from '../../src/targets/read-batches.ts';
import { openOwnPool, openSubmitPool, withHistoryPool } from '../../src/targets/target-pool.ts';
import type { CreateTarget, ProcessExit, RunRequest, Scheduler, TaskRow } from '../../src/targets/target.ts';
import { timesOfClock } from '../../src/targets/target-profile.ts';
import { systemClock as clock } from '../../src/timing/clock.ts';

/** Of which all tasks of a history are. */
const historyRun = 'history';

const pollingScheduler = join(import.meta.dirname, 'polling-scheduler.ts');

/** How a task ends. lost: it runs for ever; forgotten: the engine took it and has no row of it. */
export type OracleEnd = 'finished' | 'failed' | 'cancelled' | 'lost' | 'forgotten';

export interface OracleExecution {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly outcome: 'finished' | 'failed';
}

export interface OraclePlan {
  readonly seed: number;
  /** Times all durations that are drawn; 1 by default: half of the tasks take under 30 ms, one in a hundred over 0.3 s. */
  readonly slowness?: number;
  /** How the task ends; finished by default. */
  readonly endOf?: (runIndex: number, taskIndex: number) => OracleEnd;
  /** How often the task's work begins, for evidence of duplicates; once by default. */
  readonly executionsOf?: (runIndex: number, taskIndex: number) => number;
  /** The executions of a task, for the evidence of their times: from when it was created, milliseconds. None by default. */
  readonly workOf?: (run: RunRequest, taskIndex: number) => readonly OracleExecution[];
  /** From so long after the first submission the engine accepts nothing and finishes nothing, for so long. */
  /** Tasks end one after the other, so many a second, by how long after the first submission; else each takes what is drawn for it. */
  readonly tasksPerSecond?: (secondsAfterFirst: number) => number;
  /** With a delay: milliseconds from when the run asked to begin to when its tasks are dispatched; below 0 too early. */
  readonly lateMsOf?: (runIndex: number) => number;
  /** How long the phases of a task take, milliseconds; drawn by default. */
  readonly phasesOf?: (run: RunRequest, taskIndex: number) => OraclePhases;
  /** With a shape: milliseconds from the end of the last parent to the begin of a task that has some. Default: none. */
  readonly gapMsOf?: (runIndex: number, taskIndex: number) => number;
  /** What was submitted before the scheduler starts waits for it: the first task is dispatched so long after that, the others at intervals; each works 50 ms. Default: it does not wait. */
  readonly backlog?: { readonly claimAfterMs: number; readonly intervalMs: number };
  /** The scheduler executes one transaction of two statements and 1,000 bytes of WAL at each of so many polls a second. Default: it does nothing. */
  readonly pollsPerSecond?: number;
  readonly stall?: { readonly afterSeconds: number; readonly seconds: number };
}

/** A task with the times that the oracle gave it, epoch milliseconds; NaN: does not happen. */
export interface OracleTask {
  readonly runIndex: number;
  readonly runId: string;
  readonly taskIndex: number;
  readonly end: OracleEnd;
  readonly executions: number;
  readonly createdMs: number;
  readonly dispatchedMs: number;
  readonly startedMs: number;
  readonly finishedMs: number;
}

export interface Oracle {
  readonly createTarget: CreateTarget;
  /** What became of every task that was submitted: the truth that results are compared with. */
  readonly tasks: readonly OracleTask[];
  /** When the stall is, epoch milliseconds, once something was submitted; from = to without one. */
  readonly stallMs: { readonly from: number; readonly to: number };
}

/**
 * An engine that knows beforehand how long each task takes: a target over a table of a real Postgres, whose tasks pass through
 * their states at times drawn from a heavy-tailed distribution (Pareto, cut off), the same for the same seed.
 */
export function createOracle(plan: OraclePlan): Oracle {
  const tasks: OracleTask[] = [];
  const stallMs = { from: Number.NaN, to: Number.NaN };

  const begin = (nowMs: number): void => {
    if (!Number.isNaN(stallMs.from)) return;
    stallMs.from = nowMs + (plan.stall?.afterSeconds ?? 0) * 1000;
    stallMs.to = stallMs.from + (plan.stall?.seconds ?? 0) * 1000;
  };
  let lastEndMs = Number.NaN;
  /** Of a task that has to wait for all before it. */
  const nextEnd = (createdMs: number, tasksPerSecond: (secondsAfterFirst: number) => number): number => {
    const beginMs = Math.max(createdMs, Number.isNaN(lastEndMs) ? createdMs : lastEndMs);
    return (lastEndMs = beginMs + 1000 / tasksPerSecond((beginMs - stallMs.from) / 1000));
  };
  const drawRun = (run: RunRequest, createdMs: number, graph: TaskGraph | undefined): OracleTask[] => {
    const { runIndex, taskCount, notBeforeMs } = run;
    const drawnTasks: OracleTask[] = [];
    /** How long a task waits for those that it comes after. */
    const parentsMs = (taskIndex: number, dispatchMs: number): number | undefined => {
      const parents = graph ? [...parentsOf(graph, taskIndex)] : [];
      if (parents.length === 0) return undefined;
      const lastEndOfParents = Math.max(...parents.map((parent) => drawnTasks[parent]?.finishedMs ?? Number.NaN));
      return lastEndOfParents + (plan.gapMsOf?.(runIndex, taskIndex) ?? 0) - dispatchMs - createdMs;
    };
    for (let taskIndex = 0; taskIndex < taskCount; taskIndex++) drawnTasks.push(drawTask(taskIndex));
    return drawnTasks;

    function drawTask(taskIndex: number): OracleTask {
      const end = plan.endOf?.(runIndex, taskIndex) ?? 'finished';
      const drawn = plan.phasesOf?.(run, taskIndex) ?? oracleDurations(plan, runIndex, taskIndex);
      const { dispatchMs, executionMs } = drawn;
      const waitMs =
        parentsMs(taskIndex, dispatchMs) ??
        (plan.lateMsOf && notBeforeMs !== undefined ? notBeforeMs + plan.lateMsOf(runIndex) - createdMs - dispatchMs : undefined) ??
        (plan.tasksPerSecond ? nextEnd(createdMs, plan.tasksPerSecond) - createdMs - dispatchMs - executionMs : drawn.waitMs);
      const begins = end !== 'cancelled';
      const finishedMs = createdMs + waitMs + (begins ? dispatchMs + executionMs : 0);
      const isStalled = finishedMs >= stallMs.from && finishedMs < stallMs.to;
      return {
        runIndex,
        runId: `oracle-${runIndex}`,
        taskIndex,
        end,
        executions: plan.executionsOf?.(runIndex, taskIndex) ?? (begins ? 1 : 0),
        createdMs,
        dispatchedMs: begins ? createdMs + waitMs : Number.NaN,
        startedMs: begins ? createdMs + waitMs + dispatchMs : Number.NaN,
        finishedMs: end === 'lost' || end === 'forgotten' ? Number.NaN : isStalled ? stallMs.to : finishedMs,
      };
    }
  };

  const leaveWork = (path: string, run: RunRequest, createdMs: number): void => {
    for (let taskIndex = 0; taskIndex < run.taskCount; taskIndex++)
      for (const [index, { beganMs, endedMs, outcome }] of (plan.workOf?.(run, taskIndex) ?? []).entries()) {
        const task = { runId: `oracle-${run.runIndex}`, taskIndex, workflowName: 'oracle', executionId: `${index + 1}` };
        leaveBegin(path, task);
        leaveEnd(path, task, { beganMs: createdMs + beganMs, endedMs: createdMs + endedMs, outcome });
      }
  };

  const createTarget: CreateTarget = async ({ config, databaseUrl, protect, task: { evidencePath = '' } }) => {
    const graphs = new Map(workflowsOf(config).map((workflow) => [workflow.name, taskGraph(configOf(config, workflow))]));
    const pool = openOwnPool(databaseUrl);
    const submitPool = openSubmitPool(databaseUrl, 10);
    return {
      name: 'oracle',
      version: '1',
      options: {},
      places: { kind: 'unbounded' },
      times: timesOfClock('database'),
      warnings: [],
      delays: true,
      async prepare() {
        await pool.query(
          'CREATE TABLE oracle_task (run_id text, task_index int, ending text, executions int, created_ms float8, dispatched_ms float8, started_ms float8, finished_ms float8)',
        );
      },
      async addHistory(count) {
        await withHistoryPool(databaseUrl, async (own) =>
          own.query(
            `INSERT INTO oracle_task SELECT '${historyRun}', task, 'finished', 1, 0, 0, 0, 0 FROM generate_series(1, $1::int) AS task`,
            [count],
          ),
        );
      },
      async startScheduler() {
        if (plan.backlog) {
          const { claimAfterMs, intervalMs } = plan.backlog;
          await pool.query(
            `UPDATE oracle_task SET dispatched_ms = place.ms, started_ms = place.ms, finished_ms = place.ms + 50
             FROM (SELECT ctid, $1::float8 + $2::float8 * (row_number() OVER () - 1) AS ms FROM oracle_task) AS place WHERE oracle_task.ctid = place.ctid`,
            [clock.nowMs() + claimAfterMs, intervalMs],
          );
        }
        return startOracleProcess(plan.pollsPerSecond, databaseUrl, protect);
      },
      async submit(run) {
        begin(clock.nowMs());
        if (clock.nowMs() >= stallMs.from) await clock.waitUntil(stallMs.to);
        const nowMs = clock.nowMs();
        const drawn = drawRun(run, nowMs, graphs.get(run.workflow?.name ?? config.name));
        leaveWork(evidencePath, run, nowMs);
        await submitPool.query('INSERT INTO oracle_task SELECT * FROM json_populate_recordset(NULL::oracle_task, $1) WHERE ending <> $2', [
          JSON.stringify(drawn.map(toRecord)),
          'forgotten',
        ]);
        tasks.push(...drawn);
        return `oracle-${run.runIndex}`;
      },
      open: {
        sql: `SELECT count(DISTINCT run_id) AS runs, count(*) AS tasks FROM oracle_task
              WHERE finished_ms IS NULL OR finished_ms > extract(epoch FROM clock_timestamp()) * 1000`,
        values: [],
      },
      async *readTasks() {
        const records = readBatches<OracleRecord & { state: TaskRow['status'] }>(
          pool,
          `SELECT *, ${stateSql} AS state FROM oracle_task WHERE run_id <> '${historyRun}'`,
          [clock.nowMs()],
        );
        for await (const batch of records) {
          yield batch.map((record) => ({
            runId: record.run_id,
            taskIndex: record.task_index,
            status: record.state,
            createdMs: record.created_ms,
            dispatchedMs: record.dispatched_ms ?? Number.NaN,
            startedMs: record.started_ms ?? Number.NaN,
            finishedMs: record.finished_ms ?? Number.NaN,
            attempts: record.executions,
          }));
        }
      },
      // Its database is dropped with the experiment.
      clean: async () => undefined,
      async [Symbol.asyncDispose]() {
        await submitPool.end();
        await pool.end();
      },
    };
  };
  return { createTarget, tasks, stallMs };
}

export interface OraclePhases {
  readonly waitMs: number;
  readonly dispatchMs: number;
  readonly executionMs: number;
}

/** How long the phases of a task take, milliseconds: the same for the same seed and task, in whatever order they are asked for. */
export function oracleDurations(
  { seed, slowness = 1 }: Pick<OraclePlan, 'seed' | 'slowness'>,
  runIndex: number,
  taskIndex: number,
): OraclePhases {
  const random = seededRandom(seed * 1_000_003 + runIndex * 101 + taskIndex);
  const pareto = (leastMs: number): number => slowness * Math.min(50 * leastMs, leastMs * (1 - random()) ** (-1 / 1.5));
  return { waitMs: pareto(8), dispatchMs: pareto(1), executionMs: pareto(6) };
}

interface OracleRecord {
  readonly run_id: string;
  readonly task_index: number;
  readonly ending: OracleEnd;
  readonly executions: number;
  readonly created_ms: number;
  readonly dispatched_ms: number | null;
  readonly started_ms: number | null;
  readonly finished_ms: number | null;
}

/** The state of a task at the time $1. */
const stateSql = `CASE
  WHEN finished_ms <= $1 THEN ending WHEN started_ms <= $1 THEN 'running' WHEN dispatched_ms <= $1 THEN 'dispatched' ELSE 'pending' END`;

function toRecord(task: OracleTask): OracleRecord {
  const orNull = (ms: number): number | null => (Number.isNaN(ms) ? null : ms);
  return {
    run_id: task.runId,
    task_index: task.taskIndex,
    ending: task.end,
    executions: task.executions,
    created_ms: task.createdMs,
    dispatched_ms: orNull(task.dispatchedMs),
    started_ms: orNull(task.startedMs),
    finished_ms: orNull(task.finishedMs),
  };
}

/** A scheduler that does nothing but poll: the oracle's tasks move by themselves. */
async function startOracleProcess(
  pollsPerSecond: number | undefined,
  databaseUrl: string,
  protect: (pid: number) => void,
): Promise<Scheduler> {
  const child =
    pollsPerSecond === undefined
      ? spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
      : spawn(process.execPath, [pollingScheduler, String(pollsPerSecond), databaseUrl], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('sleep has no pid');
  protect(pid);
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid,
    exited,
    async stop() {
      await stopProcess(pid);
    },
  };
}
