import { z } from 'zod';
import { ceilingFigures } from '../../results/ceiling.ts';
import { longestTimerSeconds } from '../../timing/clock.ts';
import { longestStopSeconds, stopGraceMs } from '../../timing/stop-limits.ts';

const text = z.string().min(1);
const seconds = z.number().positive().max(longestTimerSeconds);
const variables = z.record(z.string(), z.string());
const argumentList = z.array(z.string()).min(1).describe('A program and its arguments; never goes through a shell.');
const parameters = z.array(z.union([z.string(), z.number()])).describe('The values of $1, $2 ... in the SQL.');

const query = z.strictObject({ sql: text.describe('One SELECT.'), parameters: parameters.default([]) });

const httpRequest = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST').describe('How it is asked.'),
    url: text.describe('Where to, for instance http://127.0.0.1:{{port}}/runs.'),
    headers: variables
      .default({})
      .describe('Header fields; {{env.NAME}} is a variable of the environment that orchlab runs in, for secrets.'),
    body: z.json().optional().describe('Sent as JSON; placeholders in its texts are replaced. Left out: no body.'),
    status: z
      .array(z.int().min(100).max(599))
      .min(1)
      .optional()
      .describe('The statuses that mean success; by default every one from 200 to 299.'),
  })
  .describe('A request over HTTP.');

/** A command, SQL, or a request: which of them is said by its keys. */
const stepKeys = {
  sql: text.optional().describe('SQL; without parameters it may be several statements.'),
  parameters: parameters.optional(),
  command: argumentList.optional(),
  cwd: text.optional().describe('Where the command runs; the workspace by default.'),
  env: variables.optional().describe('Environment variables of the command beside those of orchlab itself and DATABASE_URL.'),
  http: httpRequest.optional(),
  seconds: seconds.default(60).describe('Limit for the step.'),
};

const step = z.strictObject(stepKeys).superRefine(oneKindOfStep);

const submission = z
  .strictObject({
    name: text.optional().describe('What comes after the colon in --target NAME:WAY; the first way needs none.'),
    ...stepKeys,
    run_id: text
      .optional()
      .describe(
        "Where the run's id is: of a command a regular expression with a group, for what it prints; of http the path in the JSON that is answered, as data.id or /data/id. By default the id is {{run_id}}. SQL gives it as the first value.",
      ),
  })
  .superRefine(oneKindOfStep);

const readinessKeys = {
  log: text.optional().describe("A regular expression that the process's output matches when it is ready."),
  http: text.optional().describe('An address that answers, with any status below 500, when it is ready.'),
  sql: text.optional().describe('SQL whose first value is true when it is ready.'),
  parameters: parameters.optional(),
  seconds: seconds.default(30).describe('Limit for becoming ready.'),
};

const readiness = z
  .strictObject(readinessKeys)
  .refine(({ log, http, sql }) => [log, http, sql].filter((way) => way !== undefined).length === 1, {
    error: 'exactly one of log, http and sql',
  });

const program = z.strictObject({
  variable: text.optional().describe('The environment variable that names the program.'),
  paths: z.array(text).default([]).describe('Where it is looked for before PATH, from the workspace.'),
  check: z.array(z.string()).optional().describe('Arguments with which it must succeed, within 30 s, to be of use.'),
  env: variables.default({}).describe('Environment variables for `check`.'),
  hint: text.describe('What to do when it is missing: a sentence.'),
});

const processKeys = {
  command: argumentList,
  cwd: text.optional().describe('Where it runs; the workspace by default.'),
  env: variables.default({}).describe('Environment variables beside those of orchlab itself, DATABASE_URL, and what tasks need.'),
  files: z.record(z.string(), z.string()).default({}).describe('Files made for the process: {{file.NAME}} is the path.'),
  stop_signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']).default('SIGTERM').describe('Sent to its whole process group.'),
  stop_seconds: seconds
    .max(longestStopSeconds)
    .default(stopGraceMs / 1000)
    .describe('From that signal to SIGKILL.'),
};

const schedulerSchema = z.strictObject({ ...processKeys, ready: readiness.describe('How to tell that it takes work.') });

const engineProcess = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, { error: 'a name of a-z, 0-9 and dashes that begins with a letter' })
    .describe('What it is called: its output goes to process-NAME.log, {{process.NAME.port}} is a port for it.'),
  role: roleName().optional().describe('The role that it is sampled under; its name by default.'),
  ...processKeys,
  ready: readiness.optional().describe('How to tell that it is ready; by default it is when it has been started.'),
});

const metricsSchema = z.strictObject({
  prefix: text.describe('What comes before the JSON object in a line of the output.'),
  time: text.default('timestamp').describe('The key of the time.'),
  time_unit: z.enum(['seconds', 'milliseconds']).default('seconds').describe('Its unit, since 1970.'),
});

const moments = ['submitted', 'expanded', 'claimed', 'begun', 'ended', 'recorded', 'observed', 'unknown'] as const;
const taskTime = z.strictObject({
  clock: z.enum(['database', 'host']).default('database').describe('Whose clock wrote it: now() in SQL, or a process of the engine.'),
  moment: z
    .enum(moments)
    .default('unknown')
    .describe(
      'What happened then. submitted: written while the run was submitted; expanded: a scheduler made the task of a run; claimed: a scheduler took it; begun, ended: its own code did; recorded: its end was written; observed: a scheduler noticed, perhaps long after.',
    ),
  source: z.string().default('').describe('Where it is from, for instance job.created_on.'),
});

const placesSchema = z
  .union(
    [
      z.literal('unbounded').describe('Nothing bounds the tasks that run at once.'),
      z.literal('unknown').describe('Not said: nothing is claimed of places.'),
      z.strictObject({
        count: z
          .union([z.int().min(1), text])
          .describe(
            'How many tasks run at once: a number, a placeholder, or a product of them as in {{scheduler.max_concurrent_dispatches}} * 2.',
          ),
        by: text.describe("Which of the engine's own settings that is."),
        per: z.enum(['scheduler', 'engine']).default('scheduler').describe('Each scheduler process has so many, or all of them together.'),
      }),
    ],
    { error: "'unbounded', 'unknown', or { count, by, per }" },
  )
  .default('unknown')
  .describe('What bounds the tasks that the engine has running at once. `orchlab target check` measures it.');

const ceiling = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, { error: 'a name of a-z, 0-9 and dashes that begins with a letter' })
    .refine((name) => !['places', 'arrival', 'in-flight', 'submission'].includes(name), {
      error: 'another name: orchlab works that one out itself',
    })
    .describe('What it is called, for instance polling.'),
  title: text.optional().describe('In words, for instance tasks taken at polls. Its name by default.'),
  figure: z.enum(ceilingFigures).default('throughput.tasksPerSecond').describe('The figure that it bounds.'),
  value: text.describe(
    'An expression of the config, in the unit of the figure: scheduler.max_tasks_per_batch * scheduler.processes / scheduler.poll_interval_secs. It may name duration, tasks_per_workflow, submit_concurrency, scheduler.*, and places; functions are min, max, ceil, floor, round, abs.',
  ),
  at_once: text
    .optional()
    .describe(
      'An expression, too: how many tasks come together, such as scheduler.max_tasks_per_batch, so that a short experiment is measured right. 1 by default.',
    ),
  formula: text.optional().describe('Where the value comes from, in words. The expression by default.'),
});

/** What perf-configs/targets/NAME.yaml may say. */
export const targetSchema = z
  .strictObject({
    description: text.describe('What it is, for `orchlab targets`.'),
    programs: z.record(z.string(), program).default({}).describe('Programs that have to be there: {{program.NAME}} is the path.'),
    version: z
      .strictObject({
        command: argumentList,
        env: variables.default({}).describe('Environment variables of the command beside those of orchlab itself.'),
        pattern: text.default(String.raw`\d+(?:\.\d+)+\S*`).describe('A regular expression: its first match in what is printed.'),
        seconds: seconds.default(30).describe('Limit for the command.'),
      })
      .optional()
      .describe("The engine's version, for the manifest; by default it is not known."),
    executors: z
      .array(z.enum(['process', 'inline']))
      .min(1)
      .default(['process'])
      .describe('How its tasks can work; a config that asks for another is refused.'),
    inline_work: z
      .boolean()
      .default(false)
      .describe(
        'Whether inline tasks work as TASK_DURATIONS and the other variables of docs/targets.md say; else a config that needs it is refused.',
      ),
    keeps_output: z
      .boolean()
      .default(false)
      .describe(
        'Whether what a task returns (TASK_OUTPUT of docs/targets.md) is kept by the engine; else a config with work.payload_bytes_out is refused.',
      ),
    least_period_seconds: z
      .number()
      .min(1)
      .default(1)
      .describe('The shortest period that the schedules of its engine have, where it uses {{periodic.schedules}}.'),
    schedulers: z.enum(['one', 'many']).default('many').describe('Whether several scheduler processes can share the work.'),
    no_dependencies: text
      .optional()
      .describe('Why its tasks can not come after one another, for who asks for it; one that uses {{task_parents}} needs none.'),
    no_priority: text
      .optional()
      .describe('Why none of its runs comes before another, for who asks for it; one whose submission uses {{run.priority}} needs none.'),
    places: placesSchema,
    ceilings: z
      .array(ceiling)
      .default([])
      .describe(
        "What the engine's own settings bound beside its places, whatever the machine: `orchlab run` says how near an experiment came, and `--probe` moves the lowest.",
      ),
    roles: z
      .record(roleName(), text)
      .default({})
      .describe(
        'Which processes below a scheduler are no workers: a role, and a regular expression for the arguments joined by spaces. The role `scheduler` is for wrappers.',
      ),
    prepare: z.array(step).default([]).describe('Makes the schema and the workflow; must be possible twice.'),
    history: z
      .array(step)
      .min(1)
      .optional()
      .describe(
        'Adds {{history}} finished tasks, in runs of {{task_count}}, for a config that asks for a history; `tasks` and `open` must leave them out. By default such a config is refused.',
      ),
    processes: z
      .array(engineProcess)
      .default([])
      .describe(
        'Processes of the engine that are neither scheduler nor worker, started in this order before the schedulers, and stopped after them.',
      ),
    scheduler: schedulerSchema.describe('A process for each of scheduler.processes.'),
    submit: z.union([submission, z.array(submission).min(1)]).describe('How a run is submitted; several ways have names.'),
    tasks: query.describe('One row a task: run_id, task_index, status, created_at, dispatched_at, started_at, finished_at, attempts.'),
    times: z
      .strictObject({
        created: taskTime.prefault({}).describe('created_at of `tasks`.'),
        dispatched: taskTime.prefault({}).describe('dispatched_at of `tasks`; where that is left out, nothing.'),
        started: taskTime.prefault({}).describe('started_at of `tasks`.'),
        finished: taskTime.prefault({}).describe('finished_at of `tasks`.'),
      })
      .prefault({})
      .describe('What the four times of a task are; two engines are compared only over intervals whose ends are the same moments.'),
    open: query
      .optional()
      .describe(
        'One row, `runs` and `tasks`: what was submitted and has not ended, runs whose tasks do not exist yet included. Asked several times a second, so an index should serve it. By default worked out from `tasks`, which looks at every task each time.',
      ),
    states: z
      .record(z.string(), z.enum(['pending', 'dispatched', 'running', 'finished', 'failed', 'cancelled']))
      .describe("The engine's states in orchlab's words."),
    metrics: metricsSchema.optional().describe('JSON lines of the scheduler that become the table metrics; by default none do.'),
    clean: z
      .array(step)
      .min(1)
      .describe(
        'Removes the workflow with its runs and tasks, and nothing else. Also run when an experiment ends, unless its database is kept.',
      ),
  })
  .describe('An orchestrator, as orchlab drives and reads it.');

export type TargetDescription = z.output<typeof targetSchema>;
export type Step = z.output<typeof step>;
export type Submission = z.output<typeof submission>;
export type HttpRequest = z.output<typeof httpRequest>;
export type Readiness = z.output<typeof readiness>;
export type Query = z.output<typeof query>;
/** A scheduler or another process of the engine. */
export type ProcessDescription = Omit<TargetDescription['scheduler'], 'ready'> & { readonly ready?: Readiness | undefined };
export type EngineProcessDescription = TargetDescription['processes'][number];

/** The JSON Schema of a target file, for completion in editors (perf-configs/targets/target.schema.json holds it). */
export function targetJsonSchema(): object {
  return { ...z.toJSONSchema(targetSchema, { io: 'input' }), title: 'orchlab target' };
}

function roleName() {
  return z.string().regex(/^[a-z][a-z0-9 -]*$/, { error: 'a name of a-z, 0-9, dashes and spaces that begins with a letter' });
}

const kinds = ['sql', 'command', 'http'] as const;
/** Which kind of step the keys belong to that not every kind has. */
const ownKeys: Readonly<Record<string, readonly (typeof kinds)[number][]>> = {
  parameters: ['sql'],
  cwd: ['command'],
  env: ['command'],
  run_id: ['command', 'http'],
};

function oneKindOfStep(value: Partial<Step>, context: z.RefinementCtx): void {
  const given = kinds.filter((kind) => value[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    context.addIssue({ code: 'custom', message: 'exactly one of sql, command and http', input: value });
    return;
  }
  for (const [key, owners] of Object.entries(ownKeys)) {
    const own = (value as Record<string, unknown>)[key];
    if (own !== undefined && !owners.includes(kind))
      context.addIssue({ code: 'custom', message: `nothing here (it belongs to ${owners.join(' and ')})`, path: [key], input: own });
  }
}
