import { z } from 'zod';
import { longestTimerSeconds } from '../timing/clock.ts';
import { type LoadSize, arrivalSchema, mostRuns, plannedRuns, plannedSeconds, sizesOf } from './arrival.ts';
import { checkLoad } from './check-load.ts';
import { faultsSchema } from './faults.ts';
import { checkMixed, isMixed, mixedWorkflowsSchema } from './mixed.ts';
import { workSchema } from './work.ts';
import { thresholdsSchema } from './config-thresholds.ts';
import { durationSchema } from './duration.ts';
import { checkPeriods, periodicSchema } from './periodic.ts';
import { checkShape, shapeSchema } from './shape.ts';
import { type TaskDuration, longestDraw, taskDurationSchema } from './task-duration.ts';

/** Four bytes each in memory while they are read, and some hundred in the database. */
const mostTasks = 100_000_000;
/** Some hundred GB on disk. */
const mostHistory = 1_000_000_000;
/** More is a slip of the keyboard. */
const mostAttempts = 1000;
/** Each takes 70 MB and more: what is beyond this is a slip of the keyboard. */
const mostProcesses = 64;
/** A server with more connections than that spends its time on them. */
const mostConnections = 10_000;

const positiveInteger = z.int().min(1);
const connections = positiveInteger.max(mostConnections);
const tasks = positiveInteger.max(mostTasks);
// Timers wait for them, those of the engines too.
const positiveSeconds = z.number().positive().max(longestTimerSeconds);

/** Seconds that all of an experiment may take where the config sets no timeout, or that its tasks may take after a load as long as that. */
const drainSeconds = 300;

/** One vocabulary for every engine; a target maps it onto its own options and says which do not apply. */
export const schedulerSchema = z
  .strictObject({
    processes: positiveInteger.max(mostProcesses).default(1).describe('Scheduler processes to start.'),
    poll_interval_secs: positiveSeconds.default(0.1).describe('Seconds between two looks for work.'),
    max_tasks_per_batch: tasks.default(100).describe('Tasks taken at one look.'),
    max_concurrent_dispatches: tasks.default(20).describe('Tasks in work at once, per scheduler process.'),
    max_concurrent_status_checks: tasks.default(50).describe('Status checks at once.'),
    db_pool_size: connections.default(10).describe('Database connections per scheduler process.'),
  })
  .describe("The scheduler's options, in one vocabulary for every engine.");

/** What an engine does about workers that died, in one vocabulary; a target maps it onto its own options and says which do not apply. */
const recoverySchema = z
  .strictObject({
    max_attempts: positiveInteger
      .max(mostAttempts)
      .default(1)
      .describe(
        'How often a task is begun at most before it has failed, where an error or a crash ended it. Default 1: it is never tried again.',
      ),
    retry_delay_seconds: z
      .number()
      .min(0)
      .max(longestTimerSeconds)
      .optional()
      .describe(
        'Seconds from the end of an attempt that failed until the next may begin, the same each time. Default: as the engine has it.',
      ),
    dead_after_seconds: positiveSeconds
      .optional()
      .describe(
        'Seconds without a sign of life after which a worker counts as dead, and what it had is given to others. Default: as the engine has it.',
      ),
    check_seconds: positiveSeconds
      .optional()
      .describe('Seconds between two looks for what dead workers left. Default: as the engine has it.'),
  })
  .describe('What an engine does about what was in work when it died (docs/targets.md).');

/** Transactions a second of the bystander: more than this takes a core of its own. */
const mostBystanderRate = 5000;

/** An OLTP load of orchlab's own beside the queue. */
const bystanderSchema = z
  .strictObject({
    rate: z.number().positive().max(mostBystanderRate).default(100).describe('Transactions a second, at random moments (Poisson).'),
    alone_seconds: durationSchema(z.number().min(1)).default(10).describe('Seconds that it is alone for, before the schedulers start.'),
    seed: z.int().min(0).default(1).describe('Of its moments and accounts.'),
  })
  .describe(
    'A small OLTP load on tables of its own in the same database, alone at first and then beside the queue: what the queue costs its neighbours.',
  );

/** The keys of a config, each with its own default and bounds. */
export const perfConfigKeys = z.strictObject({
  workflows: z
    .union([positiveInteger.max(mostRuns).describe('Runs to submit.'), mixedWorkflowsSchema], {
      error: 'a number of runs, or a list of workflows',
    })
    .optional()
    .describe('Runs to submit, or say load_seconds; or a list of workflows, each with its own load.'),
  load_seconds: durationSchema(positiveSeconds)
    .optional()
    .describe('How long the load lasts, in place of workflows: seconds, or 90s, 45m, 6h.'),
  tasks_per_workflow: tasks.describe('Tasks of each run.'),
  shape: shapeSchema.default('parallel'),
  duration: taskDurationSchema.describe("How long each task works: seconds, or a distribution that each task's is drawn from."),
  work: workSchema.optional(),
  delay: taskDurationSchema
    .optional()
    .describe(
      'How long after its submission a run asks to begin, by the means that the engine has for it: seconds, or a distribution that is drawn from for each run (docs/timed.md). Default: at once.',
    ),
  target: z.string().min(1).default('dbos').describe('The orchestrator under test.'),
  executor: z
    .enum(['process', 'inline'])
    .default('process')
    .describe('How a task works: a script in a process of its own, or a timer inside the scheduler.'),
  script: z
    .string()
    .min(1)
    .default('perf-task.sh')
    .describe('What the process executor runs: a file of test-scripts/, or a path from the working directory.'),
  arrival: arrivalSchema.default('burst'),
  periodic: periodicSchema.optional(),
  history: positiveInteger
    .max(mostHistory)
    .optional()
    .describe(
      "Ended tasks in the engine's tables before the load, in whole runs: how the engine copes with what it keeps (docs/method.md). Default: none.",
    ),
  idle: durationSchema(positiveSeconds)
    .optional()
    .describe(
      'Seconds, or 90s, 45m, before the load in which schedulers and workers have nothing to do: what they then take of the database and the machine. Default: none.',
    ),
  backlog: positiveInteger
    .max(mostRuns)
    .optional()
    .describe(
      'Runs that are submitted before the schedulers start, beside those of the load: how fast the engine takes up what piled up. Default: none.',
    ),
  warm_up_seconds: durationSchema(z.number().min(0))
    .default(0)
    .describe('Runs due in the first seconds of the load are sent, but are in no figure.'),
  max_in_flight: positiveInteger
    .max(mostRuns)
    .optional()
    .describe('Runs submitted and not ended at once, at most: further ones wait, and when the load is over by then, are dropped.'),
  submit_concurrency: connections.default(20).describe('Submissions under way at once.'),
  scheduler: schedulerSchema.prefault({}),
  recovery: recoverySchema.optional(),
  timeout: durationSchema(positiveSeconds)
    .optional()
    .describe(
      `After how long from the first submission the experiment ends as timed out, evidence kept: seconds, or 90s, 45m, 6h. Default: ${drainSeconds} s, after a load that lasts longer.`,
    ),
  sample_interval: z.number().min(0.02).max(60).default(0.1).describe('Seconds between two samples.'),
  faults: faultsSchema.optional().describe('What is done to the experiment on purpose, and when (docs/faults.md).'),
  restart_schedulers_after: z
    .number()
    .min(0)
    .max(longestTimerSeconds)
    .optional()
    .describe(
      'With faults: a scheduler that ended by itself is started again after so many seconds, as a supervisor does. Default: it is not.',
    ),
  settle_seconds: positiveSeconds
    .optional()
    .describe(
      'With faults: when load and faults are over and nothing has ended for so long, what is still open counts as stuck. Default 30.',
    ),
  bystander: bystanderSchema.optional(),
  thresholds: thresholdsSchema
    .optional()
    .describe('What figures have to be, for instance response.p99 < 500 ms: where one is not, the exit code is 99.'),
});

export const perfConfigSchema = perfConfigKeys
  .superRefine((config, context) => {
    for (const { path, expected, got } of [
      ...checkLoad(config, { runs: mostRuns, tasks: mostTasks }),
      ...(isMixed(config) ? checkMixed(config) : checkShape(config)),
      ...checkPeriods(config),
    ])
      context.addIssue({ code: 'custom', path: [...path], message: expected, input: got });
  })
  .transform((config) => ({ ...config, timeout: config.timeout ?? defaultTimeout(config) }))
  .describe('An orchlab experiment.');

/** A config as a file of perf-configs says it: what has a default may be left out. */
export type PerfConfigFile = z.input<typeof perfConfigSchema>;

/** What a config says of recovery; without a word of it a task is tried once, and all else is as the engine has it. */
export type Recovery = z.output<typeof recoverySchema>;

/** The bystander of a config. */
export type Bystander = z.output<typeof bystanderSchema>;

/** A validated config with every default filled in, and the name that its results go by. */
export type PerfConfig = z.output<typeof perfConfigSchema> & { readonly name: string };

/** Tasks that an experiment with this config submits; NaN when that can't be told beforehand. */
export function taskTotal(config: LoadSize & { readonly tasks_per_workflow: number; readonly backlog?: number | undefined }): number {
  const { workflows, tasks_per_workflow: tasksPerRun, backlog = 0 } = config;
  const listed = typeof workflows === 'object' ? workflows : [];
  return sizesOf(config).reduce(
    (sum, size, index) => sum + plannedRuns(size) * (listed[index]?.tasks ?? tasksPerRun),
    backlog * tasksPerRun,
  );
}

function defaultTimeout(size: LoadSize & { readonly delay?: TaskDuration | undefined }): number {
  const seconds = plannedSeconds(size) + longestDraw(size.delay ?? 0);
  return seconds >= drainSeconds ? Math.min(longestTimerSeconds, Math.ceil(seconds) + drainSeconds) : drainSeconds;
}
