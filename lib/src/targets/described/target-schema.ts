import { z } from 'zod';
import { longestTimerSeconds } from '../../timing/longest-timer.ts';
import { longestStopSeconds, stopGraceMs } from '../../timing/stop-limits.ts';

const text = z.string().min(1);
const seconds = z.number().positive().max(longestTimerSeconds);
const variables = z.record(z.string(), z.string()).describe('Environment variables beside those of orchlab itself and DATABASE_URL.');
const argumentList = z.array(z.string()).min(1).describe('A program and its arguments; never goes through a shell.');
const parameters = z.array(z.union([z.string(), z.number()])).describe('The values of $1, $2 ... in the SQL.');

const query = z.strictObject({ sql: text, parameters: parameters.default([]) });

/** A command, or SQL: which of the two is said by its keys. */
const stepKeys = {
  sql: text.optional().describe('SQL; without parameters it may be several statements.'),
  parameters: parameters.optional(),
  command: argumentList.optional(),
  cwd: text.optional().describe('Where the command runs; the workspace by default.'),
  env: variables.optional(),
  seconds: seconds.default(60).describe('Limit for the command or the SQL.'),
};

const step = z.strictObject(stepKeys).superRefine(oneOfSqlAndCommand);

const submission = z
  .strictObject({
    name: text.optional().describe('What comes after the colon in --target NAME:WAY; the first way needs none.'),
    ...stepKeys,
    run_id: z.string().optional().describe("A regular expression with a group: finds the run's id in what the command prints."),
  })
  .superRefine(oneOfSqlAndCommand);

const readiness = z
  .strictObject({
    log: text.optional().describe("A regular expression that the scheduler's output matches when it takes work."),
    http: text.optional().describe('An address that answers when it takes work.'),
    sql: text.optional().describe('SQL whose first value is true when it takes work.'),
    parameters: parameters.optional(),
    seconds: seconds.default(30).describe('Limit for becoming ready.'),
  })
  .refine(({ log, http, sql }) => [log, http, sql].filter((way) => way !== undefined).length === 1, {
    error: 'exactly one of log, http and sql',
  });

const program = z.strictObject({
  variable: text.optional().describe('The environment variable that names the program.'),
  paths: z.array(text).default([]).describe('Where it is looked for before PATH, from the workspace.'),
  check: z.array(z.string()).optional().describe('Arguments with which it must succeed to be of use.'),
  hint: text.describe('What to do when it is missing: a sentence.'),
});

const schedulerSchema = z.strictObject({
  command: argumentList,
  cwd: text.optional(),
  env: variables.default({}),
  files: z.record(z.string(), z.string()).default({}).describe('Files made for each scheduler process: {{file.NAME}} is the path.'),
  ready: readiness,
  stop_signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']).default('SIGTERM'),
  stop_seconds: seconds
    .max(longestStopSeconds)
    .default(stopGraceMs / 1000)
    .describe('From that signal to SIGKILL.'),
});

const metricsSchema = z.strictObject({
  prefix: text.describe('What comes before the JSON object in a line of the output.'),
  time: text.default('timestamp').describe('The key of the time.'),
  time_unit: z.enum(['seconds', 'milliseconds']).default('seconds'),
});

/** What perf-configs/targets/NAME.yaml may say. */
export const targetSchema = z
  .strictObject({
    description: text,
    programs: z.record(z.string(), program).default({}).describe('Programs that have to be there: {{program.NAME}} is the path.'),
    version: z.strictObject({ command: argumentList, pattern: text.default(String.raw`\d+(?:\.\d+)+\S*`) }).optional(),
    executors: z
      .array(z.enum(['process', 'inline']))
      .min(1)
      .default(['process']),
    schedulers: z.enum(['one', 'many']).default('many').describe('Whether several scheduler processes can share the work.'),
    prepare: z.array(step).default([]),
    scheduler: schedulerSchema,
    submit: z.union([submission, z.array(submission).min(1)]).describe('How a run is submitted; several ways have names.'),
    tasks: query.describe('One row a task: run_id, task_index, status, created_at, dispatched_at, started_at, finished_at, attempts.'),
    task_clock: z
      .enum(['database', 'host'])
      .default('database')
      .describe('Whose clock wrote the times: now() in SQL, or the engine itself.'),
    counts: query.optional().describe('Rows of status and count; by default counted from `tasks`.'),
    states: z.record(z.string(), z.enum(['pending', 'dispatched', 'running', 'finished', 'failed', 'cancelled'])),
    metrics: metricsSchema.optional().describe('JSON lines of the scheduler that become the table metrics.'),
    clean: z.array(step).min(1).describe('Removes the workflow with its runs and tasks, and nothing else.'),
  })
  .describe('An orchestrator, as orchlab drives and reads it.');

export type TargetDescription = z.output<typeof targetSchema>;
export type Step = z.output<typeof step>;
export type Submission = z.output<typeof submission>;
export type Readiness = z.output<typeof readiness>;
export type Query = z.output<typeof query>;

/** The JSON Schema of a target file, for completion in editors. */
export function targetJsonSchema(): object {
  return { ...z.toJSONSchema(targetSchema, { io: 'input' }), title: 'orchlab target' };
}

function oneOfSqlAndCommand(value: Partial<Step>, context: z.RefinementCtx): void {
  if ((value.sql === undefined) === (value.command === undefined))
    context.addIssue({ code: 'custom', message: 'exactly one of sql and command', input: value });
  const foreign = value.sql === undefined ? (['parameters'] as const) : (['cwd', 'env', 'run_id'] as const);
  for (const key of foreign) {
    if ((value as Record<string, unknown>)[key] !== undefined)
      context.addIssue({
        code: 'custom',
        message: `nothing here (it belongs to ${value.sql === undefined ? 'sql' : 'command'})`,
        path: [key],
        input: (value as Record<string, unknown>)[key],
      });
  }
}
