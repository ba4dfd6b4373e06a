import { mkdir } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { perfConfigSchema } from '../../lib/src/config/perf-config.ts';
import { seededRandom } from '../../lib/src/random/seeded-random.ts';
import { type Manifest, writeManifest } from '../../lib/src/results/manifest.ts';
import { createTableWriter } from '../../lib/src/results/table-writer.ts';
import { type TableName, tableNames } from '../../lib/src/results/tables.ts';
import { boundedPlaces, timesOfClock } from '../../lib/src/targets/target-profile.ts';

export interface GeneratedLoad {
  readonly tasks: number;
  readonly tasksPerRun: number;
  readonly runsPerSecond: number;
  readonly seed: number;
}

const firstDueMs = Date.UTC(2026, 10, 23, 10, 0, 0);
const warmUpSeconds = 1;
/** Of a thousand tasks this many fail. */
const failedPerMille = 2;
/** Rows handed over before the files get a turn to write them. */
const rowsATurn = 50_000;

/**
 * Writes the files of an experiment that never ran, as orchlab does: runs at a constant rate whose tasks wait, start and work for
 * times that are log-normal, the same for the same seed; samples of processes, Postgres and host beside them. Creates `directory`.
 */
export async function generateExperiment(directory: string, { tasks, tasksPerRun, runsPerSecond, seed }: GeneratedLoad): Promise<void> {
  await mkdir(directory, { recursive: true });
  const random = seededRandom(seed);
  const logNormal = (medianMs: number, sigma: number): number =>
    medianMs * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
  const runCount = Math.ceil(tasks / tasksPerRun);
  const writers = Object.fromEntries(
    tableNames.map((name) => [name, createTableWriter(directory, name, undefined, { workflow: ['generated'] })]),
  ) as {
    readonly [T in TableName]: ReturnType<typeof createTableWriter<T>>;
  };

  const counts = { finished: 0, failed: 0, cancelled: 0, lost: 0 };
  let lastMs = firstDueMs;
  for (let runIndex = 0; runIndex < runCount; runIndex++) {
    const dueMs = firstDueMs + (runIndex * 1000) / runsPerSecond;
    const sentMs = dueMs + logNormal(0.3, 0.5);
    const acknowledgedMs = sentMs + logNormal(2, 0.4);
    const isWarmUp = dueMs < firstDueMs + warmUpSeconds * 1000;
    writers.runs.append({
      runIndex,
      runId: `run-${runIndex}`,
      dueMs,
      sentMs,
      acknowledgedMs,
      status: 'submitted',
      error: '',
      workflow: 'generated',
      warmUp: isWarmUp,
    });
    for (let taskIndex = 0; taskIndex < tasksPerRun; taskIndex++) {
      const createdMs = sentMs + logNormal(1, 0.3);
      const dispatchedMs = createdMs + logNormal(40, 0.8);
      const startedMs = dispatchedMs + logNormal(3, 0.5);
      const finishedMs = startedMs + logNormal(20, 0.2);
      const status = random() * 1000 < failedPerMille ? 'failed' : 'finished';
      counts[status]++;
      lastMs = Math.max(lastMs, finishedMs);
      const times = { createdMs, dispatchedMs, startedMs, finishedMs };
      writers.tasks.append({ runIndex, taskIndex, status, ...times, attempts: 1, executions: 1 });
    }
    if (runIndex % Math.ceil(rowsATurn / tasksPerRun) === 0) await nextTurn();
  }

  const config = {
    ...perfConfigSchema.parse({
      workflows: runCount,
      tasks_per_workflow: tasksPerRun,
      duration: 0.02,
      target: 'graphile-worker',
      executor: 'inline',
      arrival: { constant: runsPerSecond },
      warm_up_seconds: warmUpSeconds,
      scheduler: { max_concurrent_dispatches: 1000 },
      timeout: 10 * (60 + runCount / runsPerSecond),
    }),
    name: `generated-${tasks}`,
  };
  for (let atMs = firstDueMs - 500; atMs <= lastMs + 200; atMs += 100) {
    const seconds = (atMs - firstDueMs) / 1000 + 1;
    const process = { atMs, instance: 0, processCount: 1, pssBytes: Number.NaN, wakeUps: Number.NaN };
    writers.processes.append({ ...process, role: 'scheduler', rssBytes: 150e6, cpuSeconds: 0.5 * seconds });
    writers.processes.append({ ...process, role: 'workers', processCount: 0, rssBytes: 0, cpuSeconds: 0 });
    writers.processes.append({ ...process, role: 'postgres', rssBytes: 400e6, cpuSeconds: 0.4 * seconds });
    writers.processes.append({ ...process, role: 'driver', rssBytes: 120e6, cpuSeconds: 0.2 * seconds });
    const none = { cgroupCpuSeconds: Number.NaN, quotaPeriods: Number.NaN, throttledPeriods: Number.NaN };
    writers.host.append({ ...none, atMs, cpuBusySeconds: 1.2 * seconds, cpuStealSeconds: 0, load1: 1.2, memoryAvailableBytes: 4e9 });
  }
  for (const writer of Object.values(writers)) await writer.close();

  const manifest: Manifest = {
    formatVersion: 1,
    name: config.name,
    status: 'done',
    warnings: [],
    config,
    target: {
      name: config.target,
      version: '0.18.0',
      options: {},
      places: boundedPlaces('concurrency', config.scheduler.max_concurrent_dispatches, 1),
      times: timesOfClock('database'),
      roles: [],
    },
    database: { version: '18.4', kind: 'embedded', name: 'orchlab_1', kept: false, settings: { max_connections: '200' } },
    host: { platform: 'linux x64', kernel: '6.1.0', cpuModel: 'Generated', cores: 2, memoryBytes: 8e9, loadAverage: [0, 0, 0] },
    versions: { orchlab: '0.1.0', node: process.versions.node },
    times: {
      startedMs: firstDueMs - 1500,
      databaseReadyMs: firstDueMs - 900,
      schedulerReadyMs: firstDueMs - 300,
      loadStartedMs: firstDueMs - 2,
      loadEndedMs: firstDueMs + (runCount * 1000) / runsPerSecond + 5,
      drainedMs: lastMs + 60,
      endedMs: lastMs + 400,
    },
    ledger: { submitted: runCount * tasksPerRun, ...counts, duplicates: 0, ghosts: 0 },
  };
  await writeManifest(directory, manifest);
}
