import { join } from 'node:path';
import type { PerfConfig } from '../config/perf-config.ts';
import type { ProcessOwner } from '../processes/process-owner.ts';
import type { Ceiling } from './ceiling.ts';
import { manifestSchema } from './manifest-schema.ts';
import { readRecord } from './read-record.ts';
import { writeWhole } from './write-whole.ts';
import type { TargetProfile } from './target-profile.ts';

/** How an experiment ended; `aborted`: a threshold did not hold. `running` in a file means that it was killed, or still runs. */
export type ExperimentStatus = 'running' | 'done' | 'failed' | 'timed-out' | 'aborted' | 'interrupted';

/** Tasks by how they ended: submitted = finished + failed + cancelled + lost. */
export interface TaskLedger {
  readonly submitted: number;
  readonly finished: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly lost: number;
  /** Executions of submitted tasks beyond each one's first, by the tasks' own evidence; null when they leave none. */
  readonly duplicates: number | null;
  /** Executions of tasks that nobody submitted. */
  readonly ghosts: number | null;
}

/** How the database's clock differs from the driver's: database less driver. */
export interface ClockComparison {
  /** When the load began; null where the database did not answer then. */
  readonly skewMsStart: number | null;
  /** When the load had drained; null where it has not, or the database did not answer then. */
  readonly skewMsEnd: number | null;
  /** Half of the shortest round trip: the skews are this exact. */
  readonly uncertaintyMs: number;
  /** Whether the database's times in the tasks table have been set to the driver's clock. */
  readonly corrected: boolean;
}

export interface HostDescription {
  readonly platform: string;
  readonly kernel: string;
  readonly cpuModel: string;
  readonly cores: number;
  /** How many of them this process may use at once, by affinity and cgroup quota; a fraction where the quota is one. */
  readonly usableCores?: number;
  /** The quota of the cgroup, in cores; absent where there is none. */
  readonly cpuQuotaCores?: number;
  readonly memoryBytes: number;
  /** The limit of the cgroup; absent where there is none. */
  readonly memoryLimitBytes?: number;
  /** 1, 5 and 15 minute load averages when the experiment began. */
  readonly loadAverage: readonly number[];
}

/** The moments of an experiment, epoch milliseconds; absent when it did not get that far. */
export interface ExperimentTimes {
  readonly startedMs: number;
  readonly databaseReadyMs?: number;
  /** When the first of them began to be started: until then there was nothing of the engine but its tables, and a backlog. */
  readonly schedulerStartMs?: number;
  readonly schedulerReadyMs?: number;
  /** The phase that the config's `idle` asks for. */
  readonly idleStartedMs?: number;
  /** From when on its figures count: what came before shows no more. */
  readonly idleSettledMs?: number;
  readonly idleEndedMs?: number;
  readonly loadStartedMs?: number;
  readonly loadEndedMs?: number;
  readonly drainedMs?: number;
  readonly endedMs?: number;
}

/** manifest.json: all there is to know of an experiment that is not a sample. Holds no secret. */
export interface Manifest {
  readonly formatVersion: 1;
  readonly name: string;
  readonly status: ExperimentStatus;
  /** One sentence: why the status is not `done`. */
  readonly reason?: string;
  /** Whose experiment it is while its status is `running`: where that process is gone, it will not end. */
  readonly process?: ProcessOwner | undefined;
  /** Things the reader of the figures should know, each a sentence. */
  readonly warnings: readonly string[];
  readonly config: PerfConfig;
  readonly target: TargetProfile;
  readonly database: {
    readonly version: string;
    /** embedded: started for this experiment; shared: `orchlab db start`; external: DATABASE_URL. */
    readonly kind: 'embedded' | 'shared' | 'external';
    readonly name: string;
    readonly kept: boolean;
    readonly settings: Readonly<Record<string, string>>;
  };
  readonly host: HostDescription;
  readonly versions: Readonly<Record<string, string>>;
  /** Of the workspace, with `-dirty` when it had changes. */
  readonly gitCommit?: string;
  /** Of the orchestrator under test, as the user said it (`--commit`, `ORCHLAB_COMMIT`). */
  readonly targetCommit?: string;
  /** What the user calls it, and others like it (`--label`, `ORCHLAB_LABEL`). */
  readonly label?: string;
  readonly times: ExperimentTimes;
  readonly clock?: ClockComparison;
  readonly ledger?: TaskLedger;
  readonly runWatch?: RunWatch;
  /** The rest of the load where the experiment ended before it was sent: in no row of the runs. Its `count` is null where that is not known. */
  readonly unsentRuns?: { readonly fromRunIndex: number; readonly count: number | null; readonly due: number };
  readonly eventLoopDelay?: EventLoopDelay;
  /** What follows from the config alone, the lowest of each figure first; absent in experiments of before they were worked out. */
  readonly ceilings?: readonly Ceiling[];
  /** The threshold that aborted it. */
  readonly stoppedBy?: BrokenThreshold;
}

/** A threshold that was seen not to hold while the experiment ran. */
export interface BrokenThreshold {
  /** As it was written. */
  readonly threshold: string;
  readonly figure: string;
  /** What it was then, in its unit. */
  readonly value: number;
  /** Since the first submission. */
  readonly afterSeconds: number;
}

/** How late timers in the driver came while it submitted and waited: so long it could do nothing else. */
export interface EventLoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What it cost to know, for a closed or bounded load, which runs had ended, and how exact that was. */
export interface RunWatch {
  readonly reads: number;
  readonly failures: number;
  readonly firstFailure?: string;
  /** How long a look took, on average. */
  readonly readMsMean: number;
  /** From one look to the next, on average: a place that becomes free is seen and used at most about so much later. */
  readonly intervalMsMean: number;
}

export const manifestFileName = 'manifest.json';

/** Writes manifest.json whole or not at all. */
export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  await writeWhole(join(directory, manifestFileName), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Reads manifest.json, also of an older version of orchlab. Throws a DamagedResultsError where there is none that can be read. */
export async function readManifest(directory: string): Promise<Manifest> {
  return readRecord(join(directory, manifestFileName), 'the manifest of an experiment', manifestSchema);
}
