import { table } from 'arquero';
import { mkdir } from 'node:fs/promises';
import { plannedRuns } from '../../src/config/arrival.ts';
import { perfConfigSchema, taskTotal } from '../../src/config/perf-config.ts';
import { damageOf } from '../../src/analysis/damage.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import type { Experiment, SampleTable } from '../../src/results/experiment.ts';
import { type ExperimentStatus, type Manifest, writeManifest } from '../../src/results/manifest.ts';
import { createTableWriter } from '../../src/results/table-writer.ts';
import { type Row, type TableName, tableNames, tableSchemas } from '../../src/results/tables.ts';
import { boundedPlaces, timesOfClock } from '../../src/targets/target-profile.ts';
import { type SimulatedTask, countStates, simulateTasks } from './simulate-tasks.ts';

export interface BuildOptions {
  /** The config's name. */
  readonly config?: string;
  readonly target?: string;
  readonly seed?: number;
  readonly runs?: number;
  readonly tasksPerRun?: number;
  /** How long each task works. */
  readonly durationSeconds?: number;
  /** Tasks in work at once, all schedulers together. */
  readonly slots?: number;
  /** How many tasks fail, are cancelled before they start, and never end. */
  readonly failures?: number;
  readonly cancelled?: number;
  readonly lost?: number;
  readonly schedulers?: number;
  /** Spreads the submissions evenly over this long; 0 (the default) is a burst. */
  readonly sendSeconds?: number;
  /** Seconds between two samples. */
  readonly sampleInterval?: number;
  readonly status?: ExperimentStatus;
  readonly reason?: string;
  readonly warnings?: readonly string[];
  /** The moment of the first submission, epoch milliseconds. */
  readonly firstSentMs?: number;
}

const megabyte = 1e6;

/** A deterministic experiment in memory, shaped like a real one of DBOS: same options, same numbers. */
export function buildExperiment(options: BuildOptions = {}): Experiment {
  const { seed = 1, schedulers = 1, sampleInterval = 0.1, firstSentMs = Date.UTC(2026, 10, 23, 10, 0, 1, 500) } = options;
  const name = options.config ?? 'standard';
  const config = {
    ...perfConfigSchema.parse({
      workflows: options.runs ?? 100,
      tasks_per_workflow: options.tasksPerRun ?? 5,
      duration: options.durationSeconds ?? 0.1,
      target: options.target ?? 'dbos',
      scheduler: { processes: schedulers, max_concurrent_dispatches: options.slots ?? 20 },
      sample_interval: sampleInterval,
    }),
    name,
  };
  const { runs, tasks } = simulateTasks({
    seed,
    firstSentMs,
    sendSeconds: options.sendSeconds ?? 0,
    runs: plannedRuns(config),
    tasksPerRun: config.tasks_per_workflow,
    durationMs: (options.durationSeconds ?? 0.1) * 1000,
    slots: options.slots ?? 20,
    failures: options.failures ?? 0,
    cancelled: options.cancelled ?? 0,
    lost: options.lost ?? 0,
  });
  const lastMs = tasks.reduce((last, task) => Math.max(last, task.finishedMs || 0), firstSentMs);
  const times = {
    startedMs: firstSentMs - 1500,
    databaseReadyMs: firstSentMs - 900,
    schedulerReadyMs: firstSentMs - 300,
    loadStartedMs: firstSentMs - 2,
    loadEndedMs: Math.max(...runs.map((run) => run.acknowledgedMs)) + 1,
    drainedMs: lastMs + 60,
    endedMs: lastMs + 400,
  };
  const samples = sampleEverything(tasks, {
    tasksPerRun: config.tasks_per_workflow,
    schedulers,
    fromMs: times.schedulerReadyMs - 200,
    toMs: times.drainedMs + 200,
    sampleInterval,
  });
  const count = (status: string): number => tasks.filter((task) => task.status === status).length;
  const manifest: Manifest = {
    formatVersion: 1,
    name: `${new Date(times.startedMs).toISOString().slice(0, 19).replaceAll(':', '-')}-${name}`,
    status: options.status ?? 'done',
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    warnings: options.warnings ?? [],
    config,
    target: {
      name: config.target,
      version: '5.3.0',
      options: { workerConcurrency: 20 },
      places: boundedPlaces('workerConcurrency', options.slots ?? 20, schedulers),
      times: timesOfClock('database'),
      roles: [],
    },
    database: { version: '18.4', kind: 'embedded', name: 'orchlab_1', kept: false, settings: { max_connections: '200' } },
    host: { platform: 'linux x64', kernel: '6.1.0', cpuModel: 'Test CPU', cores: 2, memoryBytes: 8e9, loadAverage: [0.2, 0.3, 0.1] },
    versions: { orchlab: '0.1.0', node: '24.21.0' },
    times,
    ledger: {
      submitted: taskTotal(config),
      finished: count('finished'),
      failed: count('failed'),
      cancelled: count('cancelled'),
      lost: count('lost'),
      duplicates: 0,
      ghosts: 0,
    },
  };
  return {
    name: manifest.name,
    directory: `perf-results/${manifest.name}`,
    manifest,
    damage: [],
    tasks: toTable('tasks', tasks),
    runs: toTable('runs', runs),
    ...samples,
  };
}

/** The same experiment with its tables changed: `{ tasks: [] }` makes one that never got to read its tasks. */
export function replaceTables(experiment: Experiment, rows: { readonly [T in TableName]?: readonly Row<T>[] }): Experiment {
  const tables = Object.entries(rows).map(([name, values]) => [name, toTable(name as TableName, values as never)]);
  const replaced = { ...experiment, ...(Object.fromEntries(tables) as Partial<Experiment>) };
  const { ledger: before, ...manifest } = experiment.manifest;
  if (before === undefined || (!('tasks' in rows) && !('runs' in rows))) return replaced;
  // The manifest's account is of these rows; there is none where they do not fit each other.
  const after = { ...ledgerOf({ ...replaced, manifest }), ghosts: before.ghosts };
  const accounted = { ...replaced, manifest: { ...manifest, ledger: after } };
  return damageOf(accounted) === undefined ? accounted : { ...replaced, manifest };
}

/** An Arquero table of `rows`, its columns typed as results/tables.ts says. */
export function toTable<T extends TableName>(name: T, rows: readonly Row<T>[]): SampleTable<T> {
  const columns = Object.entries(tableSchemas[name]).map(([column, type]) => {
    const values = rows.map((row) => (row as Record<string, unknown>)[column]);
    if (type === 'float64') return [column, Float64Array.from(values as number[])];
    if (type === 'int32') return [column, Int32Array.from(values as number[])];
    return [column, values];
  });
  return table(Object.fromEntries(columns)) as SampleTable<T>;
}

/** Saves `experiment` as orchlab does: manifest.json and one Arrow file a table. Creates `directory`. */
export async function writeExperiment(experiment: Experiment, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of tableNames) {
    const writer = createTableWriter(directory, name, undefined, {
      workflow: [...new Set(experiment.runs.array('workflow') as readonly string[])],
    });
    for (const row of experiment[name].objects()) writer.append(row);
    await writer.close();
  }
  await writeManifest(directory, experiment.manifest);
}

interface SamplePlan {
  readonly tasksPerRun: number;
  readonly schedulers: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly sampleInterval: number;
}

function sampleEverything(
  tasks: readonly SimulatedTask[],
  plan: SamplePlan,
): Pick<
  Experiment,
  | 'processes'
  | 'counts'
  | 'postgres'
  | 'tableSizes'
  | 'waits'
  | 'bystander'
  | 'statements'
  | 'statementReadings'
  | 'events'
  | 'executions'
  | 'firings'
  | 'host'
  | 'histograms'
  | 'metrics'
> {
  const { schedulers, fromMs, toMs } = plan;
  const stepMs = plan.sampleInterval * 1000;
  const processes: Row<'processes'>[] = [];
  const counts: Row<'counts'>[] = [];
  const postgres: Row<'postgres'>[] = [];
  const tableSizes: Row<'tableSizes'>[] = [];
  const waits: Row<'waits'>[] = [];
  const host: Row<'host'>[] = [];
  const statesAt = countStates(tasks);
  for (let index = 0; fromMs + index * stepMs <= toMs; index++) {
    // Samples jitter by up to 2 ms, as timers do.
    const atMs = fromMs + index * stepMs + ((index * 7) % 5) * 0.5;
    const seconds = (atMs - fromMs) / 1000;
    const { ended, ...states } = statesAt(atMs);
    const { running } = states;
    for (let instance = 0; instance < schedulers; instance++) {
      const rssBytes = Math.round(120 * megabyte + 20 * megabyte * (1 - Math.exp(-ended / schedulers / 400)) + (index % 3) * 4096);
      const cpuSeconds = 0.45 + 0.02 * seconds + (0.0035 * ended) / schedulers;
      processes.push({
        atMs,
        role: 'scheduler',
        instance,
        processCount: 1,
        rssBytes,
        pssBytes: Number.NaN,
        wakeUps: Number.NaN,
        cpuSeconds,
      });
    }
    const workersCpuSeconds = 0.004 * ended + 0.001 * running;
    processes.push({
      atMs,
      role: 'workers',
      instance: 0,
      processCount: running,
      rssBytes: running * 3.5 * megabyte,
      pssBytes: Number.NaN,
      wakeUps: Number.NaN,
      cpuSeconds: workersCpuSeconds,
    });
    const backends = 8 + Math.min(10, running);
    const postgresCpuSeconds = 0.1 + 0.01 * seconds + 0.0025 * ended;
    processes.push({
      atMs,
      role: 'postgres',
      instance: 0,
      processCount: backends,
      rssBytes: backends * 16 * megabyte,
      pssBytes: Number.NaN,
      wakeUps: Number.NaN,
      cpuSeconds: postgresCpuSeconds,
    });
    const driverRssBytes = Math.round(95 * megabyte + 3 * megabyte * Math.min(1, seconds / 5));
    processes.push({
      atMs,
      role: 'driver',
      instance: 0,
      processCount: 1,
      rssBytes: driverRssBytes,
      pssBytes: Number.NaN,
      wakeUps: Number.NaN,
      cpuSeconds: 0.3 + 0.03 * seconds,
    });
    const openTasks = states.pending + states.dispatched + states.running;
    const submittedRuns = Math.ceil((openTasks + ended) / plan.tasksPerRun);
    counts.push({
      atMs,
      readMs: 1.5,
      submittedRuns,
      submittedTasks: submittedRuns * plan.tasksPerRun,
      openRuns: Math.ceil(openTasks / plan.tasksPerRun),
      openTasks,
    });
    postgres.push({
      atMs,
      readMs: 1.2,
      connectionsActive: Math.min(6, running),
      connectionsIdle: 10,
      connectionsIdleInTransaction: index % 10 === 0 ? 1 : 0,
      connectionsWaitingForLock: 0,
      commits: 12 * ended + 4 * index,
      ownTransactions: 6 * index,
      rollbacks: 0,
      walBytes: 9000 * ended,
      databaseBytes: 9 * megabyte + 1500 * ended,
      tablesBytes: megabyte + 1500 * ended,
      liveTuples: 3 * ended,
      deadTuples: 5 * ended,
    });
    const tableNow = (name: string, share: number): Row<'tableSizes'> => ({
      atMs,
      table: name,
      tableBytes: share * (megabyte + 1000 * ended),
      indexBytes: share * 500 * ended,
      liveTuples: share * 3 * ended,
      deadTuples: share * 5 * ended,
      vacuums: 1 + Math.floor(index / 20),
    });
    tableSizes.push(tableNow('jobs', 0.75), tableNow('queues', 0.25));
    if (running > 0) {
      const wait = (waitEventType: string, waitEvent: string, connections: number): void =>
        void waits.push({ atMs, waitEventType, waitEvent, subject: '', client: 'engine', connections });
      wait('', '', 1 + (index % 2));
      if (index % 3 === 0) wait('IO', 'WalSync', 2);
      if (index % 5 === 0) wait('LWLock', 'WALWrite', 1);
    }
    host.push({
      atMs,
      cpuBusySeconds: 0.06 * seconds + 0.0105 * ended,
      cpuStealSeconds: 0,
      cgroupCpuSeconds: Number.NaN,
      quotaPeriods: Number.NaN,
      throttledPeriods: Number.NaN,
      load1: 0.5 + Math.min(1.5, seconds / 60),
      memoryAvailableBytes: 5e9 - running * 3.5 * megabyte,
    });
  }
  return {
    processes: toTable('processes', processes),
    counts: toTable('counts', counts),
    postgres: toTable('postgres', postgres),
    tableSizes: toTable('tableSizes', tableSizes),
    waits: toTable('waits', waits),
    bystander: toTable('bystander', []),
    statements: toTable('statements', [
      { statementIndex: 0, query: 'UPDATE jobs SET state = $1 WHERE id = $2' },
      { statementIndex: 1, query: 'SELECT * FROM jobs WHERE state = $1 LIMIT $2' },
    ]),
    statementReadings: toTable('statementReadings', [
      { atMs: toMs, sinceMs: fromMs, statementIndex: 0, calls: 1000, seconds: 2.5, rows: 1000, blocks: 5000 },
      { atMs: toMs, sinceMs: fromMs, statementIndex: 1, calls: 200, seconds: 0.4, rows: 950, blocks: 900 },
    ]),
    events: toTable('events', []),
    executions: toTable('executions', []),
    firings: toTable('firings', []),
    host: toTable('host', host),
    histograms: toTable('histograms', []),
    metrics: toTable('metrics', []),
  };
}
