/** What bounds the tasks that an engine has running at once, all its schedulers together, as its target declares it. */
export type Places =
  | {
      readonly kind: 'bounded';
      readonly count: number;
      /** Which of the engine's own settings that is, for instance `workerConcurrency 20 x 2 processes`. */
      readonly by: string;
      /** The keys of the config that set it, the one to change first. Default: none is known. */
      readonly settings?: readonly string[];
    }
  /** Nothing does. */
  | { readonly kind: 'unbounded' }
  /** The target does not say: nothing is claimed of places. */
  | { readonly kind: 'unknown' };

/** Whose clock a time is from: `now()` in the database, or the engine's own processes on this machine. */
export type TaskClock = 'database' | 'host';

/**
 * What happened at one of the four times of a task. Two engines' phases are the same interval only where both ends are the same moments.
 *
 * - `submitted`: it was written while its run was submitted
 * - `expanded`: a scheduler made it of a run that it had found
 * - `claimed`: a scheduler took it in the database
 * - `begun`: its own code began
 * - `ended`: its own code had ended, before that was written
 * - `recorded`: its end was written to the database
 * - `observed`: a scheduler noticed, perhaps long after it happened
 * - `unknown`: the target does not say; the same as nothing else
 */
export type TaskMoment = 'submitted' | 'expanded' | 'claimed' | 'begun' | 'ended' | 'recorded' | 'observed' | 'unknown';

/** One of the four times of a task, in one engine. */
export interface TaskTime {
  readonly clock: TaskClock;
  readonly moment: TaskMoment;
  /** Where it is read, for instance `job.created_on`. */
  readonly source: string;
}

export interface TaskTimes {
  readonly created: TaskTime;
  readonly dispatched: TaskTime;
  readonly started: TaskTime;
  readonly finished: TaskTime;
}

/** What a target says of itself; in the manifest. */
export interface TargetProfile {
  readonly name: string;
  /** Of the engine; empty where it can't be told. */
  readonly version: string;
  /** SHA-256 of the engine's program and description, where these are files of the user's own (YAML targets). */
  readonly programHash?: string;
  /** The engine's own options that the config was mapped onto. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly places: Places;
  readonly times: TaskTimes;
  /** Roles of the engine's processes beside scheduler and workers, for instance `api-server`. */
  readonly roles: readonly string[];
}
