import type { Ceiling } from './ceiling.ts';
import type { ExperimentStatus } from './manifest.ts';

export type ExperimentPhase = 'starting' | 'idle' | 'load' | 'drain' | 'collect' | 'ended';

/** How far the series is that an experiment belongs to. */
export interface SeriesProgress {
  readonly name: string;
  /** What of it this experiment is. */
  readonly label: string;
  readonly round: number;
  /** Which of its experiments this is, from 1. */
  readonly number: number;
  /** How many there are in all, as far as is known; NaN where that can't be told. */
  readonly total: number;
  /** Until the whole is done, by the mean of those that are; NaN while it can't be told. */
  readonly remainingSeconds: number;
}

/** What a running experiment tells its watchers, a few times a second. */
export interface Progress {
  readonly name: string;
  readonly directory: string;
  readonly config: string;
  readonly target: string;
  readonly phase: ExperimentPhase;
  /** What the experiment is doing right now, for instance "starting Postgres". */
  readonly step: string;
  readonly elapsedSeconds: number;
  /** Estimated from the completion rate so far; NaN while it can't be told. */
  readonly remainingSeconds: number;
  /** `total` is NaN, also that of the tasks, when the length of the load is given by time and it can't be told. */
  readonly runs: { readonly total: number; readonly sent: number };
  /** `submitted` are those that the engine has accepted, of which `ended` have ended, however: the others are open. */
  readonly tasks: { readonly total: number; readonly submitted: number; readonly ended: number };
  /** Tasks ended a second over the last few seconds. */
  readonly tasksPerSecond: number;
  /** Estimated from the counts alone, to the interval between two of them; NaN while no task has ended. */
  readonly latencySeconds: { readonly recent: number; readonly mean: number };
  readonly scheduler: { readonly rssBytes: number; readonly cpuRatio: number };
  readonly workers: { readonly count: number; readonly rssBytes: number; readonly cpuRatio: number };
  readonly postgres: { readonly rssBytes: number; readonly cpuRatio: number };
  /** What the config itself bounds, the lowest of each figure first; empty until the target has been made. */
  readonly ceilings: readonly Ceiling[];
  /** Further roles of the target's processes. */
  readonly roles: readonly { readonly role: string; readonly rssBytes: number; readonly cpuRatio: number }[];
  readonly status?: ExperimentStatus;
  /** Where it is one of a series. */
  readonly series?: SeriesProgress;
}
