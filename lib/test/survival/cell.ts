import type { ExperimentStatus } from '../../src/results/manifest.ts';
import type { Trial } from './trial.ts';

/** Parts of `orchlab run`, in order. start: until there is a database; prepare: until the engine is ready; report: after the results are complete. */
export const phases = ['start', 'prepare', 'load', 'drain', 'collect', 'report'] as const;
export type Phase = (typeof phases)[number];

export interface Expected {
  readonly code: number;
  /** What stderr says of it, in one line that begins with `orchlab: `; undefined: nothing of that kind, it went on. */
  readonly message: RegExp | undefined;
  /** How the experiment ended, as its manifest says; `none`: no results were begun; `unreadable`: it can't be read. */
  readonly status: ExperimentStatus | 'none' | 'unreadable';
  /** From the fault to the end of the command; without a fault to be noticed, undefined. */
  readonly withinSeconds?: number;
  /** A warning of the manifest. */
  readonly warning?: RegExp;
}

/** One fault in one phase: what is done to a real `orchlab run`, and what it has to come to. */
export interface Cell {
  readonly fault: string;
  readonly phase: Phase;
  /** What was done, as docs/reliability.md says it. */
  readonly done: string;
  /** The Postgres: that of the tests by DATABASE_URL (default), one that orchlab starts, or an address of the cell's. */
  readonly server?: 'embedded' | ((trial: Trial) => Promise<string>);
  /** Of orchlab. Default: `run` of the experiment. */
  readonly command?: readonly string[];
  /** Further options of `orchlab run`. */
  readonly args?: readonly string[];
  readonly environment?: (trial: Trial) => Readonly<Record<string, string>>;
  /** Before the command is started. */
  prepare?(trial: Trial): Promise<void> | void;
  /** Resolves when the fault is to be caused. Default: when its phase is reached. */
  when?(trial: Trial): Promise<void>;
  /** Causes the fault, when the phase is reached; undefined: it is there from the beginning. */
  cause?(trial: Trial): Promise<void> | void;
  readonly expected: Expected;
  /** What else has to hold, and is to be undone, when the command has ended. */
  check?(trial: Trial): Promise<void> | void;
  /** Among the few that `npm test` runs. */
  readonly everyday?: boolean;
  /** Why it can't be tried on this machine; undefined where it can. */
  readonly skip?: string | undefined;
}

/** A fault that can't be in some phases. */
export interface DoesNotApply {
  readonly fault: string;
  readonly phases: readonly Phase[];
  readonly why: string;
}
