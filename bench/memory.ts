/**
 * Does orchlab's own memory grow with the load? `node bench/memory.ts [--per-run 10] [tasks ...]`
 *
 * Experiments of 1,000 to 200,000 inline tasks, 10 a run and 1 a run, each in a process of its own, on a target that is little more than a
 * table: a real engine would take a quarter of an hour for the largest. What runs is orchlab's own load, sampling, drain and collection.
 * Printed is the RSS of that process: driver, sampler and the tables that are written.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { resourceFigures } from '../lib/src/analysis/resources.ts';
import { createConfig } from '../lib/src/config/load-config.ts';
import { taskTotal } from '../lib/src/config/perf-config.ts';
import { findWorkspace } from '../lib/src/config/workspace.ts';
import { executeExperiment } from '../lib/src/experiment/execute-experiment.ts';
import { openExperiment } from '../lib/src/results/experiment.ts';
import { readBatches } from '../lib/src/targets/read-batches.ts';
import { startSchedulerProcess } from '../lib/src/targets/scheduler-process.ts';
import { openOwnPool, openPool } from '../lib/src/targets/target-pool.ts';
import { timesOfClock } from '../lib/src/targets/target-profile.ts';
import type { Target, TargetContext, TaskRow } from '../lib/src/targets/target.ts';

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { 'per-run': { type: 'string' } } });
const sizes = positionals.length > 0 ? positionals.map(Number) : [1_000, 10_000, 50_000, 200_000];
const perRun = options['per-run'] === undefined ? [10, 1] : [Number(options['per-run'])];

interface Figures {
  readonly ledger: unknown;
  readonly status: string;
  readonly rssBytesStart: number;
  readonly rssBytesPeak: number;
  readonly rssBytesMost: number;
  readonly tasksBytes: number;
  readonly liveHeapBytes: number;
}

const child = process.env['ORCHLAB_BENCH_MEMORY'];
if (child === undefined) for (const tasksPerRun of perRun) await printTable(tasksPerRun);
else {
  const [tasks = 0, tasksPerRun = 0] = child.split(' ').map(Number);
  console.log(JSON.stringify(await measure(tasks, tasksPerRun)));
}

async function printTable(tasksPerRun: number): Promise<void> {
  console.log(
    `${tasksPerRun} tasks a run\n    tasks   seconds  RSS start (MB)  RSS peak in load (MB)  RSS peak in all (MB)  live heap at the end (MB)  tasks.arrow (MB)  ledger`,
  );
  for (const size of sizes) {
    const began = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', import.meta.filename], {
      env: { ...process.env, ORCHLAB_BENCH_MEMORY: `${size} ${tasksPerRun}` },
    });
    const figures = JSON.parse(stdout) as Figures;
    const cells = [figures.rssBytesStart, figures.rssBytesPeak, figures.rssBytesMost, figures.liveHeapBytes, figures.tasksBytes].map(
      (bytes) => (bytes / 1e6).toFixed(1),
    );
    const [start = '', peak = '', most = '', live = '', tasks = ''] = cells;
    console.log(
      `${size.toLocaleString('en-US').padStart(9)}  ${((performance.now() - began) / 1000).toFixed(1).padStart(8)}  ${start.padStart(14)}  ` +
        `${peak.padStart(21)}  ${most.padStart(20)}  ${live.padStart(25)}  ${tasks.padStart(16)}  ${figures.status}: ${JSON.stringify(figures.ledger)}`,
    );
  }
}

async function measure(tasks: number, tasksPerRun: number): Promise<Figures> {
  const results = mkdtempSync(join(tmpdir(), 'orchlab-memory-'));
  try {
    const config = createConfig({
      workflows: tasks / tasksPerRun,
      tasks_per_workflow: tasksPerRun,
      duration: 0,
      executor: 'inline',
      target: 'table',
      timeout: 1800,
    });
    const workspace = { ...findWorkspace(import.meta.dirname), results };
    const { directory, status } = await executeExperiment(
      { config, workspace, keepDatabase: false },
      { signal: new AbortController().signal, onProgress: () => undefined },
      { createTarget: async (context) => tableTarget(context) },
    );
    // Collecting the tasks included, which comes after the last sample. Linux gives KiB.
    const rssBytesMost = process.resourceUsage().maxRSS * 1024;
    const experiment = await openExperiment(directory);
    const { rssBytesStart, rssBytesPeak } = resourceFigures(experiment, 'driver');
    if (experiment.manifest.ledger?.finished !== taskTotal(config)) process.exitCode = 1;
    return {
      ledger: experiment.manifest.ledger,
      status,
      rssBytesStart,
      rssBytesPeak,
      rssBytesMost,
      tasksBytes: statSync(join(directory, 'tasks.arrow')).size,
      liveHeapBytes: liveHeapBytes(),
    };
  } finally {
    rmSync(results, { recursive: true });
  }
}

/** What is still needed when everything has been let go of that can be. */
function liveHeapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** An engine that is a table. */
function tableTarget({ databaseUrl, task, logDirectory, protect }: TargetContext): Target {
  const pool = openOwnPool(databaseUrl);
  const submitPool = openPool(databaseUrl, { max: 20 });
  return {
    name: 'table',
    version: '1',
    options: {},
    places: { kind: 'bounded', count: 20, by: 'its pool' },
    times: timesOfClock('database'),
    warnings: [],
    async prepare() {
      await pool.query(
        `CREATE TABLE task (run_id int, task_index int, created_at timestamptz DEFAULT clock_timestamp(), started_at timestamptz, finished_at timestamptz);
         CREATE INDEX ON task (run_id) WHERE started_at IS NULL; CREATE INDEX ON task (run_id) WHERE finished_at IS NULL; CREATE SEQUENCE run`,
      );
    },
    startScheduler: async (instance) =>
      startSchedulerProcess({
        module: new URL('./memory-scheduler.ts', import.meta.url),
        message: { databaseUrl, task },
        instance,
        logDirectory,
        protect,
      }),
    async submit({ taskCount }) {
      const { rows } = await submitPool.query<{ id: string }>(
        `WITH run AS (SELECT nextval('run')::int AS id), tasks AS (INSERT INTO task (run_id, task_index) SELECT id, generate_series(0, $1::int - 1) FROM run)
         SELECT id::text FROM run`,
        [taskCount],
      );
      return rows[0]?.id ?? '';
    },
    clean: async () => undefined,
    open: {
      sql: `SELECT /* orchlab */ count(*) AS runs, coalesce(sum(tasks), 0) AS tasks
            FROM (SELECT count(*) AS tasks FROM task WHERE finished_at IS NULL GROUP BY run_id) AS run`,
      values: [],
    },
    async *readTasks() {
      const sql = `SELECT run_id::text, task_index, extract(epoch FROM created_at)::float8 * 1000 AS created,
                          extract(epoch FROM started_at)::float8 * 1000 AS started, extract(epoch FROM finished_at)::float8 * 1000 AS finished FROM task`;
      type Record = { run_id: string; task_index: number; created: number; started: number | null; finished: number | null };
      for await (const rows of readBatches<Record>(pool, sql, [])) {
        yield rows.map(({ run_id, task_index, created, started, finished }): TaskRow => ({
          runId: run_id,
          taskIndex: task_index,
          status: finished === null ? 'pending' : 'finished',
          createdMs: created,
          dispatchedMs: started ?? Number.NaN,
          startedMs: started ?? Number.NaN,
          finishedMs: finished ?? Number.NaN,
          attempts: 0,
        }));
      }
    },
    async [Symbol.asyncDispose]() {
      await submitPool.end();
      await pool.end();
    },
  };
}
