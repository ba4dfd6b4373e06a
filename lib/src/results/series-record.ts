import { join } from 'node:path';
import { z } from 'zod';
import { readRecord } from './read-record.ts';
import { writeWhole } from './write-whole.ts';

const moment = z.number().min(-8.64e15).max(8.64e15);
export const settingValueSchema = z.union([z.number(), z.string(), z.boolean()]);

/** Within the series: what a stranger wrote there leads nowhere else. */
const directoryName = z.string().regex(/^(?!\.{0,2}$)[^/\\\0]+$/, { error: 'expected the name of a directory' });

const stepSchema = z.looseObject({
  key: z.string(),
  label: z.string(),
  settings: z.record(z.string(), settingValueSchema),
  round: z.int().min(1),
  experiment: directoryName.nullable(),
  status: z.enum(['running', 'done', 'failed', 'timed-out', 'aborted', 'interrupted']),
  reason: z.string().optional(),
  startedMs: moment,
  endedMs: moment.nullable(),
});

const recordSchema = z.looseObject({
  formatVersion: z.literal(1),
  kind: z.enum(['sweep', 'bench', 'capacity', 'shrink', 'cost', 'neighbour']),
  name: z.string(),
  config: z.string(),
  status: z.enum(['running', 'done', 'failed', 'interrupted']),
  reason: z.string().optional(),
  seed: z.number(),
  orchlab: z.string(),
  request: z.record(z.string(), z.unknown()),
  noted: z.object({ label: z.string().optional(), commit: z.string().optional() }).optional(),
  runner: z.object({ pid: z.int(), startTime: z.string() }).nullable(),
  startedMs: moment,
  endedMs: moment.nullable(),
  total: z.number().nullable(),
  steps: z.array(stepSchema),
  outcome: z.record(z.string(), z.unknown()).optional(),
});

/** A value that a step of a series sets in a config. */
export type SettingValue = z.output<typeof settingValueSchema>;

/** What the experiments of a series are for: each kind plans them in its own way. */
export type SeriesKind = SeriesRecord['kind'];

/** One experiment of a series, as series.json has it. */
export interface RecordedStep {
  /** What it repeats: the same in every round. */
  readonly key: string;
  /** `key` as people read it. */
  readonly label: string;
  /** What it sets in the config, by dotted name (`scheduler.max_concurrent_dispatches`). */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** From 1. */
  readonly round: number;
  /** The name of its directory within the series; null where it got no further than being begun. */
  readonly experiment: string | null;
  /** As its experiment's; `running` in a file means that it was killed, or still runs. */
  readonly status: 'running' | 'done' | 'failed' | 'timed-out' | 'aborted' | 'interrupted';
  readonly reason?: string | undefined;
  readonly startedMs: number;
  readonly endedMs: number | null;
}

/** series.json: what was asked for, what was run of it, and what came of it. Holds no secret. */
export interface SeriesRecord {
  readonly formatVersion: 1;
  readonly kind: 'sweep' | 'bench' | 'capacity' | 'shrink' | 'cost' | 'neighbour';
  readonly name: string;
  /** The name of the config that it began with. */
  readonly config: string;
  /** `done`: all that was asked for was run, however its experiments ended. `running` in a file means that it was killed, or still runs. */
  readonly status: 'running' | 'done' | 'failed' | 'interrupted';
  /** One sentence: why the status is not `done`. */
  readonly reason?: string | undefined;
  /** What its random choices follow from. */
  readonly seed: number;
  /** The version of orchlab that began it. */
  readonly orchlab: string;
  /** Enough to plan it again: each kind has its own. */
  readonly request: Readonly<Record<string, unknown>>;
  /** What is noted with each of its experiments (`--label`, `--commit`), as it was begun with; also when it goes on. */
  readonly noted?: { readonly label?: string | undefined; readonly commit?: string | undefined } | undefined;
  /** The process that runs it; null when none does any more. */
  readonly runner: { readonly pid: number; readonly startTime: string } | null;
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** Steps that there are in all, as far as is known; null where that can't be told. */
  readonly total: number | null;
  /** In the order in which they were begun. One that was interrupted is followed by another with its key and round. */
  readonly steps: readonly RecordedStep[];
  /** What came of it, where that is more than its experiments: each kind has its own. */
  readonly outcome?: Readonly<Record<string, unknown>> | undefined;
}

export const seriesFileName = 'series.json';

/** Writes series.json whole or not at all. */
export async function writeSeriesRecord(directory: string, record: SeriesRecord): Promise<void> {
  await writeWhole(join(directory, seriesFileName), `${JSON.stringify(record, null, 2)}\n`);
}

/** Reads series.json. Throws a DamagedResultsError where there is none that can be read. */
export function readSeriesRecord(directory: string): SeriesRecord {
  return readRecord(join(directory, seriesFileName), 'the record of a series', recordSchema);
}
