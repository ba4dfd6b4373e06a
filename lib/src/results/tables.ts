import { faultKinds } from '../config/faults.ts';

/**
 * The tables of an experiment: one Arrow file each, the seam between the half that measures and the half that analyses.
 *
 * Conventions, for every table:
 * - `...Ms` columns are epoch milliseconds (Float64, sub-millisecond digits where the source has them);
 * - a quantity's unit is in its name; `cpuSeconds` and other counters are cumulative;
 * - a `label` is text that is one of a few which are known when the experiment begins: in the file a dictionary, and a byte a row;
 * - NaN means "not known" or "did not happen" (so that columns stay plain Float64Arrays), never zero.
 */
export type ColumnType = 'float64' | 'int32' | 'utf8' | 'bool' | 'label' | Categories;

/** Text that is one of these, known beforehand: in the file a dictionary, written once, and a byte a row. */
export interface Categories {
  readonly categories: readonly string[];
}

/** What is in a column: shown in notebooks, and in docs/data.md (`npm run dictionary` writes it). */
export type Column = readonly [type: ColumnType, meaning: string];

export interface TableDeclaration {
  /** What a row is, and how many there are. */
  readonly rows: string;
  readonly columns: Readonly<Record<string, Column>>;
}

/** What stands in `waits.subject` for the lock that commits with a NOTIFY take one by one, in the whole server. */
export const notifyQueue = 'NOTIFY queue';

export type TableSchema = Readonly<Record<string, ColumnType>>;

export const sampleTables = {
  tasks: {
    rows: "One row a task that the driver submitted, read from the engine's own tables when the load has drained. What the engine has beyond those is in no row: its number is in the reason why the experiment failed.",
    columns: {
      runIndex: ['int32', 'Index of the run in the schedule, from 0: its id in the engine is in the row of `runs` with the same one.'],
      taskIndex: ['int32', 'Which of the tasks of its run, from 0.'],
      status: [
        { categories: ['finished', 'failed', 'cancelled', 'lost'] },
        'How it ended; lost: created or expected, but not ended when the experiment did.',
      ],
      createdMs: ['float64', 'When the engine had the task.'],
      dispatchedMs: ['float64', 'When it was taken off the queue.'],
      startedMs: ['float64', 'When its work began.'],
      finishedMs: ['float64', 'When it ended, in whatever way.'],
      attempts: ['int32', "Attempts by the engine's own account; 0 when it keeps none."],
      executions: ['int32', "How often the task's work really began, by evidence that the task itself left; -1 when it leaves none."],
    },
  },
  runs: {
    rows: 'One row a submission, written by the driver when its submission has ended.',
    columns: {
      runIndex: ['int32', 'Index of the run in the schedule, from 0; those of a backlog come first.'],
      workflow: ['label', "Which of the config's workflows it is a run of; of a config that lists none the config's own name."],
      runId: [
        'utf8',
        "The run's id in the engine; of a rejected run the one that it would have had (its answer may have been lost, and the engine may have it); empty for a dropped one.",
      ],
      dueMs: [
        'float64',
        'When the schedule wanted the run submitted; in a closed loop, when a place was seen to be free (NaN: its turn never came).',
      ],
      sentMs: ['float64', "When the driver called the engine's submit."],
      acknowledgedMs: ['float64', 'When that call returned.'],
      status: [
        { categories: ['submitted', 'rejected', 'dropped'] },
        "What became of it; rejected: the engine's submit threw, or had not answered at the end; dropped: never sent, `error` says why.",
      ],
      error: ['utf8', 'Why it was rejected or dropped; empty when it was neither.'],
      warmUp: [
        'bool',
        'Due in the warm-up, or of a backlog: sent like any other, but in no figure but the ledger, and those of the backlog.',
      ],
    },
  },
  processes: {
    rows: 'One row a reading and group of processes, about 10 readings a second. Where many processes live, all are looked at more rarely, and there are rows only then.',
    columns: {
      atMs: ['float64', 'When it was read.'],
      role: [
        'utf8',
        "scheduler | workers | postgres | own-backends (Postgres' backends that serve orchlab itself: not in postgres) | driver | sampler (the part of orchlab that reads all this, a thread beside the driver) | a further role of the target's.",
      ],
      instance: ['int32', 'Which of several schedulers (from 0); 0 for the other roles, which are combined.'],
      processCount: ['int32', 'Processes that lived.'],
      rssBytes: ['float64', "Sum of the processes' resident set sizes: memory that processes share is counted in each."],
      pssBytes: [
        'float64',
        "Sum of the processes' proportional set sizes, which counts shared memory once; NaN where it was not read: it is dear to read.",
      ],
      cpuSeconds: [
        'float64',
        'Cumulative CPU time, user + system, of all that ever was in the group, where the kernel tells (Linux): only differences mean anything.',
      ],
      wakeUps: [
        'float64',
        'Cumulative voluntary context switches of all threads of the group: how often one went to sleep, and so was woken. Only differences mean anything; NaN where it was not read: once a second or more rarely, on Linux only.',
      ],
    },
  },
  counts: {
    rows: 'What the engine had open, one row a reading: at most 4 a second. submittedTasks - openTasks have ended.',
    columns: {
      atMs: ['float64', 'When it was read.'],
      readMs: ['float64', 'How long the reading took.'],
      submittedRuns: ['int32', 'Runs that the engine had accepted when it was asked.'],
      submittedTasks: ['int32', 'Tasks of those runs.'],
      openRuns: ['int32', 'Runs that it had accepted and not ended.'],
      openTasks: ['int32', 'Tasks of those that had not ended, also those that it had not made yet.'],
    },
  },
  postgres: {
    rows: "The Postgres server and the experiment's database, one row a reading. Connections of orchlab's own are not counted.",
    columns: {
      atMs: ['float64', 'When it was read.'],
      readMs: ['float64', 'How long the reading took.'],
      connectionsActive: ['int32', 'Connections that run a statement.'],
      connectionsIdle: ['int32', 'Connections that wait for one.'],
      connectionsIdleInTransaction: ['int32', 'Connections that wait for one with a transaction open.'],
      connectionsWaitingForLock: ['int32', 'Backends that wait for a lock (heavyweight or lightweight).'],
      commits: ['float64', "Transactions committed in the experiment's database since the experiment began, without orchlab's own."],
      ownTransactions: ['float64', 'Transactions of orchlab itself: counts, looks at the runs in flight, samples.'],
      rollbacks: ['float64', "Transactions rolled back in the experiment's database since the experiment began."],
      walBytes: ['float64', 'WAL written by the whole server since the experiment began.'],
      databaseBytes: ['float64', 'Whole database. Sizes and tuples are read less often than the rest, and NaN in between.'],
      tablesBytes: ['float64', "All tables that are not Postgres' own, with their indexes and TOAST."],
      liveTuples: ['float64', 'Row versions that are current, as the cumulative statistics tell.'],
      deadTuples: ['float64', 'Row versions that vacuum has yet to remove, as the cumulative statistics tell.'],
    },
  },
  tableSizes: {
    rows: "The largest tables of the experiment's database that are not Postgres' own, at most ten a reading: every other second or more rarely.",
    columns: {
      atMs: ['float64', 'When it was read.'],
      table: ['utf8', 'Its name, with the schema where that is not public.'],
      tableBytes: ['float64', 'The table with its TOAST.'],
      indexBytes: ['float64', 'Its indexes.'],
      liveTuples: ['float64', 'Row versions that are current, as the cumulative statistics tell.'],
      deadTuples: ['float64', 'Row versions that vacuum has yet to remove, as the cumulative statistics tell.'],
      vacuums: ['float64', 'Vacuums of it that have ended, those by autovacuum included, since its statistics began.'],
    },
  },
  waits: {
    rows: "What the active connections to the experiment's database waited for: one row a reading, wait event, subject and client. `waitsOf` says what they mean.",
    columns: {
      atMs: ['float64', 'When it was read.'],
      waitEventType: ['utf8', 'wait_event_type of pg_stat_activity: Lock, LWLock, IO, Client ...; empty: they did not wait.'],
      waitEvent: ['utf8', 'wait_event of pg_stat_activity.'],
      subject: [
        'utf8',
        `Of a lock, what was to be locked, by pg_locks: a table, "${notifyQueue}" (commits with a NOTIFY take it one by one), "advisory 1 2"; empty where it is not known.`,
      ],
      client: [
        { categories: ['engine', 'submissions'] },
        "Whose connections: the engine's own, or those by which the driver submits runs (of engines that orchlab has built in).",
      ],
      connections: ['int32', 'Connections that waited for it.'],
    },
  },
  statements: {
    rows: "Statements of the experiment's database, one row each when it was first seen; empty without pg_stat_statements. What they took is in statementReadings, their totals in `statementsOf`.",
    columns: {
      statementIndex: ['int32', 'Which of the statements, from 0.'],
      query: ['utf8', 'As pg_stat_statements normalises it, literals removed, cut to 500 characters.'],
    },
  },
  statementReadings: {
    rows: 'What statements took, one row a reading and statement: every other second at most, of the 50 that took most since they were last told.',
    columns: {
      atMs: ['float64', 'When it was read.'],
      sinceMs: ['float64', 'From when on it is counted: the reading that told of it before, or the one that it was not yet executed in.'],
      statementIndex: ['int32', 'Which of the statements.'],
      calls: ['float64', 'How often it was executed.'],
      seconds: ['float64', 'How long it was executed, all executions together.'],
      rows: ['float64', 'Rows that it returned or changed.'],
      blocks: ['float64', 'Blocks (pages of tables and indexes) that it looked at, in shared buffers or read into them.'],
    },
  },
  events: {
    rows: 'What happened to the experiment while it was measured, one row each: what Postgres does by itself, by its statistics (noticed within about a second), and what is done to the experiment.',
    columns: {
      beganMs: ['float64', 'When it began; NaN where that is not known (vacuum and analyze before Postgres 18).'],
      endedMs: ['float64', 'When it ended; NaN where it still went on.'],
      kind: [
        {
          categories: ['autovacuum', 'autoanalyze', 'vacuum', 'analyze', 'checkpoint', ...faultKinds, 'start', 'exit'],
        },
        "What happened: what Postgres did, a fault of the config's, or what came of it (a scheduler was started again, or ended by itself).",
      ],
      subject: [
        'utf8',
        'To what: the table of a vacuum or analyze; empty for a checkpoint; of a fault what it was done to, for instance scheduler 0.',
      ],
      detail: ['utf8', 'What else is known of it, in words.'],
    },
  },
  executions: {
    rows: 'Executions of tasks as their evidence came, one row each; empty without faults, retries, and work that is drawn.',
    columns: {
      atMs: ['float64', 'When it was seen: up to 50 ms after the work began.'],
      runId: ['utf8', "The run's id in the engine."],
      taskIndex: ['int32', 'Which of the tasks of its run, from 0.'],
      executionId: ['utf8', 'As the engine calls this attempt.'],
      beganMs: ['float64', 'When it began, by its own word; NaN where it does not say so, or never came to its end.'],
      endedMs: ['float64', 'When it ended, likewise.'],
      outcome: [{ categories: ['finished', 'failed', 'unknown'] }, 'How it ended, likewise.'],
    },
  },
  firings: {
    rows: 'Firings of the schedules of periodic work, by their own evidence, one row each; empty without.',
    columns: {
      scheduleIndex: ['int32', 'Which of the schedules, from 0.'],
      dueMs: ['float64', 'The moment that it fired for; NaN where the engine does not say which.'],
      createdMs: ['float64', 'When the engine made the work of it. NaN where it does not say.'],
      beganMs: ['float64', "When that work began, by the scheduler's clock."],
    },
  },
  host: {
    rows: 'The machine that orchlab runs on, one row a reading: at most 2 a second.',
    columns: {
      atMs: ['float64', 'When it was read.'],
      cpuBusySeconds: [
        'float64',
        'CPU seconds of all cores that may be used since the experiment began: busy = user + system + irq + nice.',
      ],
      cpuStealSeconds: ['float64', 'CPU seconds that the hypervisor gave to others. NaN where it is not known.'],
      cgroupCpuSeconds: ['float64', 'CPU seconds of this container (the cgroup that has a CPU quota). NaN without.'],
      quotaPeriods: ['float64', "Periods of that container's quota. NaN without."],
      throttledPeriods: ['float64', 'Those of them in which it was held up. NaN without.'],
      load1: ['float64', "The kernel's load average over a minute."],
      memoryAvailableBytes: ['float64', 'Memory that programs could still have.'],
    },
  },
  bystander: {
    rows: "Transactions of the bystander, one row each that was due: a small OLTP load of orchlab's own on tables of its own; empty without.",
    columns: {
      dueMs: ['float64', 'When it was due, whatever became of those before.'],
      sentMs: ['float64', 'When it was sent: later than due where all connections of the bystander were taken.'],
      committedMs: ['float64', 'When its commit was answered; NaN: it failed.'],
      error: ['utf8', 'Why it failed; empty when it did not.'],
    },
  },
  metrics: {
    rows: 'What the schedulers told of themselves, one row a number; empty for a target that tells nothing.',
    columns: {
      atMs: ['float64', 'When it was told.'],
      instance: ['int32', 'Which of several schedulers, from 0.'],
      metric: ['utf8', 'As the engine calls it, for instance total_loop_ms.'],
      value: ['float64', "In the engine's own unit."],
    },
  },
  histograms: {
    rows: 'How long finished tasks took, one row a phase and window of time in which they finished: HdrHistograms, which `latencyQuantiles` and `histogram` read.',
    columns: {
      windowStartMs: ['float64', 'When the window begins.'],
      windowSeconds: ['float64', 'How long the window is.'],
      phase: ['utf8', 'submission | wait | dispatch | execution | latency | response.'],
      count: ['int32', 'Tasks in it.'],
      encoded: ['utf8', 'HdrHistogram of whole microseconds, three significant digits, as base64 of its V2 compressed encoding.'],
    },
  },
} as const satisfies Readonly<Record<string, TableDeclaration>>;

type SampleTables = typeof sampleTables;

export type TableName = keyof SampleTables;

export const tableNames = Object.keys(sampleTables) as readonly TableName[];

/** The types of a declaration's columns. */
type SchemaOf<D extends TableDeclaration> = {
  readonly [C in keyof D['columns']]: D['columns'][C] extends Column ? D['columns'][C][0] : never;
};

/** The columns of each table by their types. */
export const tableSchemas = Object.fromEntries(
  Object.entries<TableDeclaration>(sampleTables).map(([name, { columns }]) => [
    name,
    Object.fromEntries(Object.entries(columns).map(([column, [type]]) => [column, type])),
  ]),
) as { readonly [T in TableName]: SchemaOf<SampleTables[T]> };

interface ColumnValue {
  readonly float64: number;
  readonly int32: number;
  readonly utf8: string;
  readonly bool: boolean;
  readonly label: string;
}

/** A row of a declared table. */
export type RowOf<D extends TableDeclaration> = {
  readonly [C in keyof D['columns']]: D['columns'][C] extends Column ? ValueOf<D['columns'][C][0]> : never;
};

type ValueOf<T extends ColumnType> = T extends { readonly categories: readonly (infer Category)[] }
  ? Category
  : T extends keyof ColumnValue
    ? ColumnValue[T]
    : never;

/** A row of table `T`, as the writers take it. */
export type Row<T extends TableName> = RowOf<SampleTables[T]>;
