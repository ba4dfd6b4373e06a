/**
 * Does orchlab's own memory grow with the load? `node bench/memory.ts [tasks ...]`
 *
 * Experiments of 1,000 to 200,000 inline tasks (10 a run), each in a process of its own, on a target that is little more than a table:
 * a real engine would take a quarter of an hour for the largest. What runs is orchlab's own load, sampling, drain and collection.
 * Printed is the RSS of that process: driver, sampler and the tables that are written.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { resourceFigures } from '../lib/src/analysis/resources.ts';
import { createConfig } from '../lib/src/config/load-config.ts';
import { taskTotal } from '../lib/src/config/perf-config.ts';
import { createExperimentDatabase } from '../lib/src/database/open-database.ts';
import { startPrivateServer } from '../lib/src/database/private-server.ts';
import { applyLoad } from '../lib/src/experiment/apply-load.ts';
import { Ending } from '../lib/src/experiment/ending.ts';
import { initialManifest } from '../lib/src/experiment/initial-manifest.ts';
import { LiveState } from '../lib/src/experiment/live-state.ts';
import { ManifestKeeper } from '../lib/src/experiment/manifest-keeper.ts';
import { Recorder } from '../lib/src/experiment/recorder.ts';
import { startSchedulers } from '../lib/src/experiment/schedulers.ts';
import { killGroupsWith, startGuard } from '../lib/src/processes/guard.ts';
import { openExperiment } from '../lib/src/results/experiment.ts';
import { readBatches } from '../lib/src/targets/read-batches.ts';
import { startSchedulerProcess } from '../lib/src/targets/scheduler-process.ts';
import { timesOfClock } from '../lib/src/targets/target-profile.ts';
import type { Target, TargetContext, TaskRow } from '../lib/src/targets/target.ts';
import { systemClock } from '../lib/src/timing/clock.ts';

const tasksPerRun = 10;
const defaultSizes = [1_000, 10_000, 50_000, 200_000];

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
if (child === undefined) await printTable(process.argv.length > 2 ? process.argv.slice(2).map(Number) : defaultSizes);
else console.log(JSON.stringify(await measure(Number(child))));

async function printTable(sizes: readonly number[]): Promise<void> {
  console.log(
    '    tasks   seconds  RSS start (MB)  RSS peak in load (MB)  RSS peak in all (MB)  live heap at the end (MB)  tasks.arrow (MB)  ledger',
  );
  for (const size of sizes) {
    const began = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', import.meta.filename], {
      env: { ...process.env, ORCHLAB_BENCH_MEMORY: String(size) },
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

async function measure(tasks: number): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'orchlab-memory-'));
  try {
    const config = createConfig({
      workflows: tasks / tasksPerRun,
      tasks_per_workflow: tasksPerRun,
      duration: 0,
      executor: 'inline',
      target: 'table',
    });
    await using guard = startGuard();
    await using server = await startPrivateServer({ guard });
    await using database = await createExperimentDatabase(server, 'memory');
    const startedMs = systemClock.nowMs();
    const keeper = await ManifestKeeper.create(directory, initialManifest('memory', { config }, startedMs));
    const ending = new Ending();
    const evidencePath = join(directory, 'evidence.txt');
    writeFileSync(evidencePath, '');
    const task = { executor: 'inline', durationSeconds: 0, evidencePath } as const;
    {
      await using recorder = new Recorder(directory);
      await using target = tableTarget({
        config,
        databaseUrl: database.url,
        task,
        logDirectory: directory,
        temporaryDirectory: directory,
        protect: killGroupsWith(guard),
      });
      await target.prepare();
      await using schedulers = await startSchedulers(target, 1, ending);
      await keeper.update({ times: { schedulerReadyMs: systemClock.nowMs() } });
      const live = new LiveState(systemClock);
      await applyLoad({
        config,
        target,
        database,
        schedulers,
        recorder,
        keeper,
        ending,
        live,
        evidence: { path: evidencePath, isExpected: true },
      });
    }
    // Collecting the tasks included, which comes after the last sample. Linux gives KiB.
    const rssBytesMost = process.resourceUsage().maxRSS * 1024;
    const experiment = await openExperiment(directory);
    const { rssBytesStart, rssBytesPeak } = resourceFigures(experiment, 'driver');
    if (experiment.manifest.ledger?.finished !== taskTotal(config)) process.exitCode = 1;
    return {
      ledger: experiment.manifest.ledger,
      status: ending.outcome?.status ?? 'running',
      rssBytesStart,
      rssBytesPeak,
      rssBytesMost,
      tasksBytes: statSync(join(directory, 'tasks.arrow')).size,
      liveHeapBytes: liveHeapBytes(),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What is still needed when everything has been let go of that can be. */
function liveHeapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** An engine that is a table. */
function tableTarget({ databaseUrl, task, logDirectory, protect }: TargetContext): Target {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 21 });
  pool.on('error', () => undefined);
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
      const { rows } = await pool.query<{ id: string }>(
        `WITH run AS (SELECT nextval('run')::int AS id), tasks AS (INSERT INTO task (run_id, task_index) SELECT id, generate_series(0, $1::int - 1) FROM run)
         SELECT id::text FROM run`,
        [taskCount],
      );
      return rows[0]?.id ?? '';
    },
    clean: async () => undefined,
    async countTasks() {
      const { rows } = await pool.query<{ pending: number; running: number; finished: number }>(
        `SELECT /* orchlab */ count(*) FILTER (WHERE started_at IS NULL)::int AS pending, count(finished_at)::int AS finished,
                count(*) FILTER (WHERE started_at IS NOT NULL AND finished_at IS NULL)::int AS running FROM task`,
      );
      const [counts = { pending: 0, running: 0, finished: 0 }] = rows;
      return { ...counts, dispatched: 0, failed: 0, cancelled: 0 };
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
    [Symbol.asyncDispose]: async () => pool.end(),
  };
}
