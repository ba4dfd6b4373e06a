import type { PerfConfig } from '../config/perf-config.ts';
import type { Workflow } from '../config/mixed.ts';
import type { ProtectGroup } from '../processes/guard.ts';
import type { ProcessExit } from '../processes/logged-process.ts';
import type { Ceiling } from '../results/ceiling.ts';
import type { TargetProfile } from '../results/target-profile.ts';
import type { TaskSpec } from './task-spec.ts';

/** One run to submit: its index in the schedule, of which workflow it is, and how many tasks it has. */
export interface RunRequest {
  readonly runIndex: number;
  readonly taskCount: number;
  /**
   * An id for it that no other run has, a UUID. A target whose engine lets its clients choose the id uses it: then it can be told what became of a
   * submission whose answer was lost.
   */
  readonly runId: string;
  /** When it asks to begin, not before, epoch milliseconds of the driver's clock; only for a target that `delays`. Default: at once. */
  readonly notBeforeMs?: number;
  /** The only one, where the config lists none. Left out: that. */
  readonly workflow?: Workflow;
}

/**
 * What the engine has accepted and not ended. A run is open from when `submit` resolved until the last of its tasks has ended, with all
 * tasks of it that have not, also while they are in no table yet.
 */
export interface OpenWork {
  readonly runs: number;
  readonly tasks: number;
}

/**
 * A count of what is open, as SQL. It is plain data, so that neither the driver's thread nor the target's connections are busy with it: a
 * thread beside them asks, over a connection of its own.
 */
export interface OpenQuery {
  /**
   * A SELECT of one row: `runs` and `tasks`, as in OpenWork. It may have a `problem`, too: a text that says why they can't be told, NULL
   * where they can.
   */
  readonly sql: string;
  /** Its $1, $2 ... */
  readonly values: readonly (string | number | boolean | null | readonly string[])[];
  /** Whether its last parameter, after `values`, is how many runs the engine has accepted by then. Default: no. */
  readonly takesAcceptedRuns?: boolean;
}

/** A task as the engine recorded it. Times are epoch milliseconds, of the clocks in the target's `times`; NaN: did not happen. */
export interface TaskRow {
  readonly runId: string;
  readonly taskIndex: number;
  readonly status: 'pending' | 'dispatched' | 'running' | 'finished' | 'failed' | 'cancelled';
  readonly createdMs: number;
  readonly dispatchedMs: number;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly attempts: number;
}

/** One number that a scheduler told of itself. */
export interface MetricRow {
  readonly atMs: number;
  /** Which of several schedulers, from 0. */
  readonly instance: number;
  readonly metric: string;
  readonly value: number;
}

export type { ProcessExit };

/** A program that a target needs is not there; the message says what to do. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}

/** A scheduler process that runs. The processes it starts for tasks are its workers. */
export interface Scheduler {
  readonly pid: number;
  /** Resolves when the process has ended, whoever ended it. */
  readonly exited: Promise<ProcessExit>;
  /** Ends it with its workers, whatever they work at; within seconds, by force if need be. */
  stop(): Promise<void>;
  /** Asks it to end as a deployment does: by the engine's own shutdown, which may let end what is in work. Without, `stop` is the way it ends in order. */
  readonly askToFinish?: () => void;
}

/** A process of the engine that is neither scheduler nor worker: it is sampled under its role, and must live as long as the schedulers. */
export interface EngineProcess extends Scheduler {
  readonly role: string;
}

/**
 * Processes below the schedulers that are no workers: those whose command line matches are of this role, and so are their children.
 *
 * With a pattern of the role `scheduler`, the process that was started is taken for a wrapper unless it matches itself: what matches
 * is the scheduler, what that starts are workers, and what stands between counts with the scheduler. The first pattern that matches counts.
 */
export interface RolePattern {
  readonly role: string;
  /** A regular expression, matched against the arguments of the process joined by spaces. */
  readonly argv: string;
}

/** An orchestrator under test, bound to one database and one config. */
export interface Target extends AsyncDisposable, Omit<TargetProfile, 'roles'> {
  /** What this engine cannot honour of what the config sets, a sentence each. */
  readonly warnings: readonly string[];
  /** How to tell which processes below a scheduler are no workers. Default: all are workers. The role `scheduler` is one, too: for wrappers. */
  readonly rolePatterns?: readonly RolePattern[];
  /**
   * What the engine's own settings bound beside its places, for this config: a bound on a figure that holds on any machine. Default: nothing.
   * That of the places and those of the load are orchlab's to work out.
   */
  readonly ceilings?: readonly Ceiling[];
  /** The roles of what `startProcesses` starts; said beforehand, so that an experiment that ends early names them too. Default: none. */
  readonly processRoles?: readonly string[];
  /** Makes the schema and the workflow; may be called again. */
  prepare(): Promise<void>;
  /** Limits in seconds of its own for steps that it bounds itself. Default: orchlab's. */
  readonly limits?: { readonly prepareSeconds?: number; readonly startSeconds?: number; readonly cleanSeconds?: number };
  /**
   * Puts at least so many finished tasks into the engine's tables, in whole runs, as it leaves them itself: what a workflow has behind it. They are in
   * `open` and `readTasks` of nobody. Called once, after `prepare`. Default: the target can't, and is refused for a config that asks for a history.
   */
  addHistory?(tasks: number): Promise<void>;
  /** Why there is no `addHistory`, in words that follow the target's name. */
  readonly noHistory?: string;
  /**
   * The shortest period, in seconds, that the engine's own schedules have: it makes those of the config's `periodic` in `prepare`, or in its schedulers, and each
   * firing leaves its evidence (`leaveFiring`). Default: it has none, and a config with periodic work is refused.
   */
  readonly leastPeriodSeconds?: number;
  /** Whether `submit` honours `notBeforeMs`, and takes the run's id as it is. Default: no, and a config with a delay is refused. */
  readonly delays?: boolean;
  /** Starts the engine's processes that are neither scheduler nor worker, before the schedulers; resolves when they are ready. Default: none. */
  startProcesses?(): Promise<readonly EngineProcess[]>;
  /** Starts scheduler process number `instance` and resolves when it takes work. */
  startScheduler(instance: number): Promise<Scheduler>;
  /** Submits one run and resolves with its id when the engine has it. */
  submit(run: RunRequest): Promise<string>;
  /**
   * How much is open: a query, or a function for an engine that can't be asked in SQL, which is then called in the driver's thread. Asked
   * up to 4 times a second, in a closed or bounded load up to 200 times: it must be cheap, and no dearer with what has ended.
   */
  readonly open: OpenQuery | (() => Promise<OpenWork>);
  /**
   * Tasks that have ended, however. Asked when the load is over and nothing is open any more, for an engine whose `submit` may resolve
   * before the run can be counted: the experiment goes on until as many have ended as were submitted. Default: every run is seen at once.
   */
  countEnded?(): Promise<number>;
  /** Every task of the workflow, in batches. */
  readTasks(): AsyncIterable<readonly TaskRow[]>;
  /** The engine's own account of its work, where it gives one; read when the schedulers have stopped. */
  readMetrics?(): AsyncIterable<readonly MetricRow[]>;
  /** Removes this workflow with its runs and tasks, and nothing of others. `prepare()` may follow. */
  clean(): Promise<void>;
  /**
   * Takes away what the engine keeps outside of the database; called at the end of an experiment, unless its database is kept.
   * Default: it keeps nothing there.
   */
  leave?(): Promise<void>;
}

/** What a target is made with. */
export interface TargetContext {
  readonly config: PerfConfig;
  /** The options of its scheduler block that the config sets itself: of others no warning says that they do not apply. */
  readonly setOptions?: readonly string[];
  readonly databaseUrl: string;
  /** What schedulers, and they alone, connect to: the same database, through a proxy where a fault is to cut them off. Default: `databaseUrl`. */
  readonly schedulerDatabaseUrl?: string;
  /** Whether schedulers may be killed, or lose their database, on purpose: what a target records of its own in them has to outlive that. Default: no. */
  readonly hasFaults?: boolean;
  readonly task: TaskSpec;
  /** Where a scheduler's own output goes: one file a process. */
  readonly logDirectory: string;
  /** Of this experiment alone, with a short path, and removed at its end: for sockets, and what an engine wants a home for. */
  readonly temporaryDirectory: string;
  /** Called with each process that leads a group and must not outlive the experiment, right after it was started. */
  readonly protect: ProtectGroup;
}

export type CreateTarget = (context: TargetContext) => Promise<Target>;
