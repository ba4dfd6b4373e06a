import { z } from 'zod';
import { arrivalSchema } from '../config/arrival.ts';
import { ceilingSchema, clockSchema, statusSchema } from '../results/manifest-schema.ts';
import { faultKinds } from '../config/faults.ts';
import { baselineSchema, thresholdResultSchema } from './saved-baseline.ts';
import type { Summary } from './summary.ts';

const figure = z.number().nullable();

/** A block of figures of these names; null is one that is not known. */
function figures<K extends string>(...names: readonly K[]) {
  return z.object(Object.fromEntries(names.map((name) => [name, figure])) as Readonly<Record<K, typeof figure>>);
}

const texts = z.array(z.string());
/** Where the type has NaN in place of null: JSON has no word for it. */
const known = figure.transform((value) => value ?? Number.NaN);
const count = z.number();

const distribution = figures('avg', 'min', 'p50', 'p90', 'p99', 'p999', 'max');
const windows = figures('windows', 'bestTasksPerSecond', 'meanTasksPerSecond', 'worstTasksPerSecond');
const resources = figures(
  'peakCount',
  'rssBytesStart',
  'rssBytesEnd',
  'rssBytesPeak',
  'rssBytesGrowth',
  'pssBytesPeak',
  'cpuSeconds',
  'cpuRatioMean',
  'cpuRatioPeak',
);
const limitedBy = z.enum(['nothing', 'driver', 'database', 'host', 'target', 'unknown']);

const evidence = figures(
  'fromSeconds',
  'toSeconds',
  'offeredTasksPerSecond',
  'doneTasksPerSecond',
  'failedRatio',
  'lostRatio',
  'backlogGrowthPerSecond',
  'droppedRuns',
  'rejectedRuns',
  'scheduleLagP99Seconds',
  'submissionP50Seconds',
  'submissionsUnderWay',
  'submittingRatio',
  'submissionsAllowed',
  'runsInFlight',
  'runsInFlightAllowed',
  'runWatchSeconds',
  'runP50Seconds',
  'waitingTasks',
  'tasksInPlace',
  'places',
  'overloadedRatio',
  'waitP50Seconds',
  'driverCpuRatio',
  'schedulerCpuRatio',
  'schedulerProcesses',
  'workersCpuRatio',
  'postgresCpuRatio',
  'hostBusyRatio',
  'hostOtherRatio',
  'hostStealRatio',
  'hostCores',
  'hostThrottledRatio',
  'driverDelayP99Seconds',
  'ceilingTasksPerSecond',
  'databaseConnections',
  'databaseWaitRatio',
  'databaseWaitingConnections',
  'engineWaitRatio',
  'engineWaitingConnections',
  'notifyQueuedRatio',
  'engineNotifyQueuedRatio',
).extend({
  arrival: z.enum(['burst', 'closed', 'open']),
  backlogGrows: z.boolean(),
  scheduleLagIsMax: z.boolean(),
  placesBy: z.string(),
  ceilingSetting: z.string(),
  ceilingFormula: z.string(),
  databaseWaitEvent: z.string(),
  engineWaitEvent: z.string(),
});

const regimes = z.object({
  found: z.boolean(),
  method: z.string(),
  reason: z.string().nullable(),
  sentence: z.string().nullable(),
  windowSeconds: figure,
  regimes: z.array(
    figures(
      'fromSeconds',
      'toSeconds',
      'tasksPerSecond',
      'tasksPerSecondFirst',
      'tasksPerSecondLast',
      'responseP50Seconds',
      'responseP99Seconds',
      'waitingConnections',
    ).extend({ limitedBy, sentence: z.string(), evidence, wait: z.string() }),
  ),
  borders: z.array(
    z.object({
      atSeconds: figure,
      changes: z.array(
        figures('before', 'after').extend({ kind: z.enum(['throughput', 'response time', 'CPU', 'waits']), subject: z.string() }),
      ),
      evidence: z.array(
        figures('atSeconds', 'before', 'after', 'weight').extend({
          kind: z.enum(['load', 'stall', 'event', 'other programs', 'processes', 'statement', 'waits', 'CPU', 'memory', 'dead tuples']),
          subject: z.string(),
          detail: z.string(),
        }),
      ),
    }),
  ),
});

const fault = figures(
  'atSeconds',
  'endedSeconds',
  'detectedSeconds',
  'recoverySeconds',
  'tasksPerSecondBefore',
  'worstBacklog',
  'lost',
  'stuck',
  'duplicates',
  'executedTwice',
  'repeatedSeconds',
  'failed',
  'late',
  'refusedRuns',
).extend({
  kind: z.enum(faultKinds),
  subject: z.string(),
  detail: z.string(),
  detectedBy: z.enum(['taken over', 'dispatched', '']),
  rateAfter: z.enum(['kept', 'back', 'not back', 'unseen']),
  tasks: z.object({ lost: texts, stuck: texts, executedTwice: texts, failed: texts, late: texts }),
  sentence: z.string(),
});

const metrics = z.object({
  figures: z.array(z.object({ metric: z.string(), count: known, mean: known, sum: known, max: known })),
  loop: z
    .object({
      total: z.string(),
      name: z.string(),
      count: known,
      totalSeconds: known,
      meanSeconds: known,
      maxSeconds: known,
      parts: z.array(z.object({ name: z.string(), seconds: known, ratio: known })),
    })
    .nullable(),
});

const setup = z.object({
  configHash: z.string(),
  target: z.string(),
  version: z.string(),
  programHash: z.string(),
  orchlab: z.string(),
  postgres: z.string(),
  postgresSettings: z.record(z.string(), z.string()),
  host: z.string(),
});

/** What a summary.json has to hold to be taken for the figures of an experiment: each field of a `Summary` with its type (the compiler sees to that). */
export const summarySchema: z.ZodType<Omit<Summary, 'directory'>> = z.object({
  name: z.string(),
  config: z.string(),
  target: z.object({ name: z.string(), version: z.string() }),
  status: statusSchema,
  label: z.string().nullable(),
  reason: z.string().optional(),
  warnings: texts,
  damage: z.object({ tasksRead: count, tasksWritten: figure, problems: texts }).nullable(),
  runs: z.object({ planned: count, submitted: count, rejected: count, dropped: count }),
  load: z.object({ arrival: arrivalSchema, loadSeconds: figure, warmUpSeconds: count, maxInFlight: figure }),
  tasksPerRun: z.number(),
  workflows: z.array(
    z.object({
      name: z.string(),
      tasksPerRun: count,
      priority: z.number(),
      limits: z.object({ concurrency: figure, rate: z.object({ tasks: count, seconds: z.number() }).nullable() }),
    }),
  ),
  warmUp: z.object({ runs: count, tasks: count, finishedTasks: count }),
  taskDurationSeconds: count,
  tasksRead: z.boolean(),
  tasks: z.object({
    planned: count,
    submitted: count,
    finished: count,
    failed: count,
    cancelled: count,
    lost: count,
    duplicates: figure,
    ghosts: figure,
  }),
  responseSeconds: distribution,
  submissionSeconds: distribution,
  latencySeconds: distribution,
  scheduleLagSeconds: distribution,
  waitSeconds: distribution,
  dispatchSeconds: distribution,
  executionSeconds: distribution,
  throughput: figures('runsPerSecond', 'tasksPerSecond').extend({ windows10s: windows.optional(), windows60s: windows.optional() }),
  durationSeconds: figure,
  scheduler: resources,
  schedulerRssGrowth: figures('bytesPerHour', 'lowBytesPerHour', 'highBytesPerHour', 'level', 'fromSeconds', 'toSeconds', 'blocks').extend({
    verdict: z.enum(['grows', 'does-not-grow', 'too-short']),
    slowed: z.boolean(),
    reason: z.string(),
  }),
  workers: resources,
  postgres: resources,
  driver: resources,
  verdict: z.object({ limitedBy, sentence: z.string(), evidence, notes: texts }),
  ceilings: z.array(ceilingSchema.extend({ measured: figure, waitedSeconds: figure, ratio: figure, isOfMeasuredTime: z.boolean() })),
  thresholds: z.array(thresholdResultSchema),
  baseline: baselineSchema.nullable(),
  steady: figures('fromSeconds', 'toSeconds', 'windows', 'windowSeconds', 'tasksPerSecond').extend({
    found: z.boolean(),
    method: z.string(),
    reason: z.string(),
    responseSeconds: distribution,
    latencySeconds: distribution,
  }),
  regimes,
  faults: z.array(fault),
  sampler: resources,
  roles: z.record(z.string(), resources),
  ownWork: figures('transactions', 'cpuSeconds', 'postgresCpuRatio'),
  metrics,
  eventLoopDelaySeconds: figures('p99', 'max'),
  sampling: figures('intervalSeconds', 'gaps', 'longestGapSeconds'),
  clock: clockSchema.nullable(),
  figures: z.record(z.string(), figure),
  setup,
});
