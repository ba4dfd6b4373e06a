/**
 * The tables of an experiment: one Arrow file each, the seam between the half that measures and the half that analyses.
 *
 * Conventions, for every table:
 * - `...Ms` columns are epoch milliseconds (Float64, sub-millisecond digits where the source has them);
 * - a quantity's unit is in its name; `cpuSeconds` and other counters are cumulative;
 * - NaN means "not known" or "did not happen" (so that columns stay plain Float64Arrays), never zero.
 */
export type ColumnType = 'float64' | 'int32' | 'utf8' | 'bool';

export type TableSchema = Readonly<Record<string, ColumnType>>;

/**
 * One row a task that the driver submitted, read from the engine's own tables when the load has drained. What the engine has beyond
 * those is in no row: its number is in the reason why the experiment failed.
 */
const tasksSchema = {
  /** Index of the run in the schedule, from 0. */
  runIndex: 'int32',
  runId: 'utf8',
  taskIndex: 'int32',
  /** finished | failed | cancelled | lost (created or expected, but not ended when the experiment did). */
  status: 'utf8',
  createdMs: 'float64',
  dispatchedMs: 'float64',
  startedMs: 'float64',
  finishedMs: 'float64',
  /** Attempts by the engine's own account; 0 when it keeps none. */
  attempts: 'int32',
  /** How often the task's work really began, by evidence that the task itself left; -1 when it leaves none. */
  executions: 'int32',
} as const satisfies TableSchema;

/** One row a submission, written by the driver when its submission has ended. */
const runsSchema = {
  runIndex: 'int32',
  runId: 'utf8',
  /** When the schedule wanted the run submitted; in a closed loop, when a place was seen to be free (NaN: its turn never came). */
  dueMs: 'float64',
  /** When the driver called the engine's submit. */
  sentMs: 'float64',
  /** When that call returned. */
  acknowledgedMs: 'float64',
  /** submitted | rejected (the engine's submit threw, or had not answered at the end) | dropped (never sent; `error` says why). */
  status: 'utf8',
  error: 'utf8',
  /** Due in the warm-up: sent like any other, but in no figure but the ledger. */
  warmUp: 'bool',
} as const satisfies TableSchema;

/** One row a reading and group of processes, about 10 a second. */
const processesSchema = {
  atMs: 'float64',
  /**
   * scheduler | workers | postgres | own-backends (Postgres' backends that serve orchlab itself: not in postgres) | driver | sampler (the
   * part of orchlab that reads all this, a thread beside the driver) | a further role of the target's. Where many processes live, all
   * are looked at more rarely, and there are rows only then.
   */
  role: 'utf8',
  /** Which of several schedulers (from 0); 0 for the other roles, which are combined. */
  instance: 'int32',
  processCount: 'int32',
  /** Sum of the processes' resident set sizes: memory that processes share is counted in each. */
  rssBytes: 'float64',
  /** Sum of the processes' proportional set sizes, which counts shared memory once; NaN where it was not read: it is dear to read. */
  pssBytes: 'float64',
  /** Cumulative CPU time, user + system, of all that ever was in the group, where the kernel tells (Linux): only differences mean anything. */
  cpuSeconds: 'float64',
} as const satisfies TableSchema;

/** What the engine had open, one row a reading: at most 4 a second. submittedRuns x tasks per run - openTasks have ended. */
const countsSchema = {
  atMs: 'float64',
  /** How long the reading took. */
  readMs: 'float64',
  /** Runs that the engine had accepted when it was asked. */
  submittedRuns: 'int32',
  /** Runs that it had accepted and not ended, and their tasks that had not, also those that it had not made yet. */
  openRuns: 'int32',
  openTasks: 'int32',
} as const satisfies TableSchema;

/** The Postgres server and the experiment's database, one row a reading. Connections of orchlab's own are not counted. */
const postgresSchema = {
  atMs: 'float64',
  readMs: 'float64',
  connectionsActive: 'int32',
  connectionsIdle: 'int32',
  connectionsIdleInTransaction: 'int32',
  /** Backends that wait for a lock (heavyweight or lightweight). */
  connectionsWaitingForLock: 'int32',
  /** Transactions committed in the experiment's database since the experiment began, without orchlab's own. */
  commits: 'float64',
  /** Transactions of orchlab itself: counts, looks at the runs in flight, samples. */
  ownTransactions: 'float64',
  rollbacks: 'float64',
  /** WAL bytes written by the whole server since the experiment began. */
  walBytes: 'float64',
  /** Whole database. Sizes and tuples are read less often than the rest, and NaN in between. */
  databaseBytes: 'float64',
  /** All tables that are not Postgres' own, with their indexes and TOAST. */
  tablesBytes: 'float64',
  liveTuples: 'float64',
  /** Row versions that vacuum has yet to remove, as the cumulative statistics tell. */
  deadTuples: 'float64',
} as const satisfies TableSchema;

/** What the active connections to the experiment's database waited for: one row a reading and wait event. */
const waitsSchema = {
  atMs: 'float64',
  /** wait_event_type of pg_stat_activity: Lock, LWLock, IO, Client ...; empty: they did not wait. */
  waitEventType: 'utf8',
  waitEvent: 'utf8',
  connections: 'int32',
} as const satisfies TableSchema;

/** Statements of the experiment's database while the load lasted, slowest in total first; empty without pg_stat_statements. */
const statementsSchema = {
  /** As pg_stat_statements normalises it, literals removed, cut to 500 characters. */
  query: 'utf8',
  calls: 'float64',
  totalSeconds: 'float64',
  meanSeconds: 'float64',
  rows: 'float64',
} as const satisfies TableSchema;

/** The machine that orchlab runs on, one row a reading: at most 2 a second. */
const hostSchema = {
  atMs: 'float64',
  /** CPU seconds of all cores that may be used since the experiment began: busy = user + system + irq + nice. */
  cpuBusySeconds: 'float64',
  /** CPU seconds that the hypervisor gave to others. NaN where it is not known. */
  cpuStealSeconds: 'float64',
  /** CPU seconds of this container (the cgroup that has a CPU quota), and of its quota's periods those in which it was held up. NaN without. */
  cgroupCpuSeconds: 'float64',
  quotaPeriods: 'float64',
  throttledPeriods: 'float64',
  load1: 'float64',
  memoryAvailableBytes: 'float64',
} as const satisfies TableSchema;

/** What the schedulers told of themselves, one row a number; empty for a target that tells nothing. */
const metricsSchema = {
  atMs: 'float64',
  /** Which of several schedulers, from 0. */
  instance: 'int32',
  /** As the engine calls it, for instance total_loop_ms. */
  metric: 'utf8',
  value: 'float64',
} as const satisfies TableSchema;

/** How long finished tasks took, one row a phase and window of time in which they finished (see phase-histograms.ts). */
const histogramsSchema = {
  windowStartMs: 'float64',
  windowSeconds: 'float64',
  /** submission | wait | dispatch | execution | latency | response (see phases.ts). */
  phase: 'utf8',
  count: 'int32',
  /** HdrHistogram of whole microseconds, three significant digits, as base64 of its V2 compressed encoding. */
  encoded: 'utf8',
} as const satisfies TableSchema;

export const tableSchemas = {
  tasks: tasksSchema,
  runs: runsSchema,
  processes: processesSchema,
  counts: countsSchema,
  postgres: postgresSchema,
  waits: waitsSchema,
  statements: statementsSchema,
  host: hostSchema,
  metrics: metricsSchema,
  histograms: histogramsSchema,
} as const;

export type TableName = keyof typeof tableSchemas;

export const tableNames = Object.keys(tableSchemas) as readonly TableName[];

interface ColumnValue {
  readonly float64: number;
  readonly int32: number;
  readonly utf8: string;
  readonly bool: boolean;
}

/** A row of table `T`, as the writers take it. */
export type Row<T extends TableName> = {
  readonly [K in keyof (typeof tableSchemas)[T]]: (typeof tableSchemas)[T][K] extends ColumnType
    ? ColumnValue[(typeof tableSchemas)[T][K]]
    : never;
};
