import type { ExperimentDatabase } from '../database/open-database.ts';
import type { PlannedOutage } from '../database/planned-outage.ts';
import type { RolePattern, Scheduler } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import type { NetworkProxy } from './network-proxy.ts';

/** Schedulers that may be killed and started again. */
export interface FaultySchedulers {
  /** By instance. */
  readonly all: readonly Scheduler[];
  running(): readonly number[];
  expectEnd(instance: number): Scheduler;
  restart(instance: number): Promise<Scheduler>;
}

/** What faults are done to. */
export interface FaultSurroundings {
  readonly schedulers: FaultySchedulers;
  readonly rolePatterns: readonly RolePattern[];
  readonly database: Pick<ExperimentDatabase, 'url' | 'kind' | 'name' | 'control'>;
  readonly outage: PlannedOutage;
  /** Between schedulers and Postgres, where a fault needs it. */
  readonly proxy: NetworkProxy | undefined;
  readonly clock: Clock;
}

/** One fault while it is done. */
export interface FaultRun extends FaultSurroundings {
  readonly choose: <T>(from: readonly T[]) => T | undefined;
  /** Resolves after so long, or at once when the experiment ends. */
  readonly wait: (seconds: number) => Promise<void>;
  /** Aborted when the experiment ends. */
  readonly signal: AbortSignal;
  /** Notes that it has begun, now, and to what; what it does comes after. */
  begins(subject: string, detail: string): void;
  /** Notes that it has ended, now; else it ends when its promise does. */
  ends(): void;
  /** Notes something that came of it: a scheduler that was started again. */
  note(kind: 'start', subject: string, beganMs: number, detail: string): void;
}

/** Why a fault did not happen though its time had come. */
export class NoVictimError extends Error {
  override readonly name = 'NoVictimError';
}
