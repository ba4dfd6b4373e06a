import { z } from 'zod';
import { ceilingFigures } from './ceiling.ts';
import { perfConfigKeys } from '../config/perf-config.ts';

/** JSON has no NaN: what is not known is null in it. */
const known = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
/** Epoch milliseconds that a date can have. */
const moment = z.number().min(-8.64e15).max(8.64e15);
const texts = z.record(z.string(), z.string());
const count = z.int().min(0);

const placesSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('bounded'),
    count: z.number().positive(),
    by: z.string(),
    settings: z.array(z.string()).optional(),
  }),
  z.object({ kind: z.literal('unbounded') }),
  z.object({ kind: z.literal('unknown') }),
]);

const unknownTime = { clock: 'database', moment: 'unknown', source: '' } as const;

const timeSchema = z
  .looseObject({
    clock: z.enum(['database', 'host']),
    moment: z.enum(['submitted', 'expanded', 'claimed', 'begun', 'ended', 'recorded', 'observed', 'unknown']),
    source: z.string(),
  })
  .default(unknownTime);

const targetSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  programHash: z.string().optional(),
  options: z.record(z.string(), z.unknown()).default({}),
  // Experiments of before a target said these have none of them.
  places: placesSchema.default({ kind: 'unknown' }),
  times: z.looseObject({ created: timeSchema, dispatched: timeSchema, started: timeSchema, finished: timeSchema }).prefault({}),
  roles: z.array(z.string()).default([]),
});

const momentsSchema = z.looseObject({
  startedMs: moment,
  databaseReadyMs: moment.optional(),
  schedulerStartMs: moment.optional(),
  schedulerReadyMs: moment.optional(),
  idleStartedMs: moment.optional(),
  idleSettledMs: moment.optional(),
  idleEndedMs: moment.optional(),
  loadStartedMs: moment.optional(),
  loadEndedMs: moment.optional(),
  drainedMs: moment.optional(),
  endedMs: moment.optional(),
});

/** How an experiment ended, as its manifest says. */
export const statusSchema = z.enum(['running', 'done', 'failed', 'timed-out', 'aborted', 'interrupted']);

export const clockSchema = z.looseObject({
  skewMsStart: z.number().nullable(),
  skewMsEnd: z.number().nullable(),
  uncertaintyMs: known,
  corrected: z.boolean(),
});

export const ceilingSchema = z.looseObject({
  name: z.string(),
  title: z.string(),
  figure: z.enum(ceilingFigures),
  value: z.number().positive(),
  settings: z.array(z.string()),
  formula: z.string(),
  atOnce: z.number().positive().optional(),
});

/** What readers need of a manifest.json: unknown fields pass, and what older versions of orchlab did not write is filled in. */
export const manifestSchema = z.looseObject({
  formatVersion: z.literal(1),
  name: z.string(),
  status: statusSchema,
  reason: z.string().optional(),
  process: z
    .object({
      pid: z.int(),
      startTime: z.string(),
      host: z.string(),
      boot: z.string().optional(),
      pidNamespace: z.string().optional(),
    })
    .optional(),
  warnings: z.array(z.string()),
  config: z.looseObject({ ...perfConfigKeys.shape, timeout: z.number(), name: z.string() }),
  target: targetSchema,
  database: z.looseObject({
    version: z.string(),
    kind: z.enum(['embedded', 'shared', 'external']),
    name: z.string(),
    kept: z.boolean(),
    settings: texts,
  }),
  host: z.looseObject({
    platform: z.string(),
    kernel: z.string(),
    cpuModel: z.string(),
    cores: z.number().positive(),
    usableCores: z.number().positive().optional(),
    cpuQuotaCores: z.number().positive().optional(),
    memoryBytes: known,
    memoryLimitBytes: z.number().optional(),
    loadAverage: z.array(known),
  }),
  versions: texts,
  gitCommit: z.string().optional(),
  targetCommit: z.string().optional(),
  label: z.string().optional(),
  times: momentsSchema,
  clock: clockSchema.optional(),
  ledger: z
    .looseObject({
      submitted: count,
      finished: count,
      failed: count,
      cancelled: count,
      lost: count,
      duplicates: count.nullable().default(null),
      ghosts: count.nullable().default(null),
    })
    .optional(),
  runWatch: z.looseObject({ reads: known, failures: known, readMsMean: known, intervalMsMean: known }).optional(),
  eventLoopDelay: z.looseObject({ p99Ms: known, maxMs: known }).optional(),
  ceilings: z.array(ceilingSchema).optional(),
  stoppedBy: z.looseObject({ threshold: z.string(), figure: z.string(), value: known, afterSeconds: known }).optional(),
});
