import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';
import { linearPattern } from '../../config/linear-pattern.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import { cronOf } from '../../config/periodic.ts';
import { foldersOf } from '../../config/shipped.ts';
import type { Workspace } from '../../config/workspace.ts';
import { meanOfDraws } from '../../config/task-duration.ts';
import { addressOf } from '../../database/database-url.ts';
import { findFreePort } from '../../processes/free-port.ts';
import type { Places } from '../../results/target-profile.ts';
import type { CreateTarget, EngineProcess, RunRequest, Target, TargetContext } from '../target.ts';
import { openOwnPool, openSubmitPool, withHistoryPool } from '../target-pool.ts';
import { boundedPlaces, optionWarnings, recoveryOf, recoveryWarnings } from '../target-profile.ts';
import { workflowKey, workflowName } from '../workflow-key.ts';
import { describedCeilings } from './ceiling-expressions.ts';
import { recoveryPlaceholders } from './check-placeholders.ts';
import { findPrograms } from './find-programs.ts';
import { valueAt } from './http-request.ts';
import { runOf } from '../workflow-tasks.ts';
import { workflowValues } from './run-values.ts';
import { type Value, type Values, fill, fillAll, placeholdersIn } from './placeholders.ts';
import { programHash } from './program-hash.ts';
import { type CommandOptions, runCommand } from './run-command.ts';
import { scrapeMetrics } from './scrape-metrics.ts';
import { schedulerLogName, startDescribedProcess } from './start-process.ts';
import { StepRunner } from './step-runner.ts';
import type { TargetFile } from './target-file.ts';
import type { ProcessDescription, Step } from './target-schema.ts';
import { taskEnvironment } from './task-plan.ts';
import { TaskQueries } from './task-queries.ts';

/** Beside what the description bounds: looking at its queries, finding ports, making files. */
const marginSeconds = 30;

/** Finds the programs of a described target. Throws a MissingProgramError when one is missing. */
export async function loadDescribedTarget(file: TargetFile, workspace: Workspace, environment = process.env): Promise<CreateTarget> {
  const programs = await findPrograms(file, workspace.root, { environment });
  return async (context) => createDescribedTarget(file, { context, workspace, programs });
}

interface Setting {
  readonly context: TargetContext;
  readonly workspace: Workspace;
  readonly programs: Values;
}

async function createDescribedTarget(file: TargetFile, { context, workspace, programs }: Setting): Promise<Target> {
  const { config, databaseUrl, schedulerDatabaseUrl: schedulerUrl = databaseUrl, protect } = context;
  const { description, submit: way } = file;
  const values: Values = {
    ...generalValues(context, workspace),
    target_directory: file.directory,
    ...programs,
    ...(await processPorts(file)),
  };
  const places = placesOf(file, values, config);
  const [version, hash] = await Promise.all([readVersion(file, values, { cwd: workspace.root, protect }), programHash(file, programs)]);
  const pool = openOwnPool(databaseUrl);
  const submitPool = openSubmitPool(databaseUrl, config.submit_concurrency);
  const queries = new TaskQueries(file, pool, values);
  const secrets = { database_url: databaseUrl, 'database.password': passwordOf(databaseUrl) };
  const runner = new StepRunner(file, {
    env: { DATABASE_URL: databaseUrl },
    secrets,
    databaseUrl,
    workingDirectory: workspace.root,
    protect,
  });
  const runAll = async (
    key: 'prepare' | 'history' | 'clean',
    through = pool,
    matters: (step: Step) => boolean = () => true,
  ): Promise<void> => {
    for (const [index, step] of (description[key] ?? []).entries())
      if (matters(step)) await runner.run([key, index], step, values, through);
  };
  const forTasks = taskEnvironment(context);
  const start = async (
    described: ProcessDescription,
    names: Pick<Parameters<typeof startDescribedProcess>[0], 'title' | 'readyKey' | 'logName'>,
    own: Values,
    url = databaseUrl,
  ) =>
    startDescribedProcess({
      ...names,
      described,
      values: { ...values, ...own },
      env: { DATABASE_URL: url, ...forTasks },
      secrets: { ...secrets, database_url: url },
      databaseUrl,
      workingDirectory: workspace.root,
      logDirectory: context.logDirectory,
      protect,
      pool,
    });
  let instances = 0;
  /** Of the first scheduler: it is the one that runs are submitted to, where that is done over the network. */
  let port: Values = {};
  const submit = async (run: RunRequest): Promise<string> => {
    const { runId, notBeforeMs } = run;
    const runValues = {
      ...values,
      ...port,
      ...workflowValues(config, runOf(config, run.workflow).workflow),
      task_count: run.taskCount,
      run_index: run.runIndex,
      run_id: runId,
      not_before: notBeforeMs === undefined ? '' : new Date(notBeforeMs).toISOString(),
    };
    const output = await runner.run(file.submitPath, way, runValues, submitPool);
    if (way.sql !== undefined) {
      if (output !== undefined) return output;
      throw new Error(
        `${file.placeOf([...file.submitPath, 'sql'])} ${file.submitPath.join('.')}.sql: expected a row whose first value is the run's id, got none, or NULL: the run is taken for rejected`,
      );
    }
    if (way.run_id === undefined) return runId;
    const place = `${file.placeOf([...file.submitPath, 'run_id'])} ${file.submitPath.join('.')}.run_id`;
    if (way.http) {
      try {
        return valueAt(output ?? '', way.run_id);
      } catch (error) {
        throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
      }
    }
    const id = linearPattern(way.run_id).first(output ?? '')?.[1];
    if (id === undefined) throw new Error(`${place}: ${way.run_id} matches nothing in what was printed: ${output}`);
    return id;
  };

  return {
    name: file.name,
    version,
    programHash: hash,
    options: { submit: way.sql === undefined ? (way.http ? 'http' : 'command') : 'sql', ...usedOptions(file, config) },
    warnings: warnings(file, context),
    places,
    ceilings: describedCeilings(description, config, places),
    times: description.times,
    rolePatterns: Object.entries(description.roles).map(([role, argv]) => ({ role, argv })),
    processRoles: description.processes.map(({ name, role = name }) => role),
    limits: {
      prepareSeconds: description.prepare.reduce((sum, { seconds }) => sum + seconds, marginSeconds),
      startSeconds: [description.scheduler, ...description.processes].reduce(
        (sum, { ready }) => sum + (ready?.seconds ?? 0),
        marginSeconds,
      ),
      cleanSeconds: description.clean.reduce((sum, { seconds }) => sum + seconds, 0),
    },
    async prepare() {
      await runAll('prepare');
      await queries.check();
    },
    ...(description.history && { addHistory: async () => withHistoryPool(databaseUrl, async (own) => runAll('history', own)) }),
    async startProcesses() {
      return startInTurn(
        description.processes.map(({ name, role = name, ...described }, index) => async () => ({
          role,
          ...(await start(
            described,
            { title: `process ${name}`, readyKey: `processes.${index}.ready`, logName: `process-${name}.log` },
            { port: values[`process.${name}.port`] ?? 0 },
          )),
        })),
      );
    },
    async startScheduler(instance) {
      instances = Math.max(instances, instance + 1);
      const own = { port: await findFreePort() };
      if (instance === 0) port = own;
      return start(
        description.scheduler,
        { title: `scheduler ${instance}`, readyKey: 'scheduler.ready', logName: schedulerLogName(instance) },
        { instance, ...own, ...addressValues(schedulerUrl) },
        schedulerUrl,
      );
    },
    ...(placeholdersIn(JSON.stringify(description)).includes('periodic.schedules') && {
      leastPeriodSeconds: description.least_period_seconds,
    }),
    // What is asked follows from the id, which has to be the one that orchlab made.
    delays: ['not_before', 'run_id'].every((name) => placeholdersIn(JSON.stringify(way)).includes(name)),
    submit,
    open: queries.open(runOf(config, undefined).workflow.tasks),
    countEnded: async () => queries.countEnded(runOf(config, undefined).workflow.tasks),
    readTasks: () => queries.tasks(),
    async *readMetrics() {
      if (!description.metrics) return;
      for (let instance = 0; instance < instances; instance++)
        yield* scrapeMetrics(join(context.logDirectory, schedulerLogName(instance)), instance, description.metrics);
    },
    clean: async () => runAll('clean'),
    // What SQL does is in the experiment's database, which goes.
    leave: async () => runAll('clean', pool, (step) => step.sql === undefined),
    async [Symbol.asyncDispose]() {
      await submitPool.end();
      await pool.end();
    },
  };
}

/** Starts each when the one before is ready; when one fails, those that run are stopped again, the last first. */
async function startInTurn(starts: readonly (() => Promise<EngineProcess>)[]): Promise<readonly EngineProcess[]> {
  const started: EngineProcess[] = [];
  try {
    for (const start of starts) started.push(await start());
    return started;
  } catch (error) {
    for (const each of started.toReversed()) await each.stop();
    throw error;
  }
}

function generalValues({ config, task, databaseUrl, temporaryDirectory }: TargetContext, workspace: Workspace): Values {
  const { workflow } = runOf(config, undefined);
  const { task_count, task_parents, 'work.payload': payload } = workflowValues(config, workflow) as Record<string, Value>;
  const script = task.executor === 'process' ? task.scriptPath : '';
  return {
    workflow: workflowName(config.name),
    workflow_key: workflowKey(config.name),
    config: config.name,
    history: config.history ?? 0,
    task_count: task_count ?? 0,
    task_parents: task_parents ?? '',
    'work.payload': payload ?? '',
    // Of a distribution no description has it: such a config is refused.
    duration: meanOfDraws(workflow.duration),
    duration_ms: Math.round(meanOfDraws(workflow.duration) * 1000),
    executor: config.executor,
    script,
    script_name: basename(script),
    // Where its processes work.
    scripts: foldersOf('scripts', workspace).find((folder) => existsSync(folder)) ?? workspace.root,
    workspace: workspace.root,
    temporary_directory: temporaryDirectory,
    ...addressValues(databaseUrl),
    ...Object.fromEntries(Object.entries(config.scheduler).map(([name, value]) => [`scheduler.${name}`, value])),
    ...recoveryValues(config),
    ...periodicValues(config),
  };
}

/** No schedules where the config has no periodic work. */
function periodicValues({ periodic }: PerfConfig): Values {
  return {
    'periodic.schedules': periodic?.schedules ?? 0,
    'periodic.every': periodic?.every ?? '',
    'periodic.cron': periodic ? cronOf(periodic) : '',
  };
}

/** What the config leaves to the engine is an empty text. */
function recoveryValues(config: PerfConfig): Values {
  const { max_attempts, retry_delay_seconds = '', dead_after_seconds = '', check_seconds = '' } = recoveryOf(config);
  return {
    'recovery.max_attempts': max_attempts,
    'recovery.retry_delay_seconds': retry_delay_seconds,
    'recovery.dead_after_seconds': dead_after_seconds,
    'recovery.check_seconds': check_seconds,
  };
}

function addressValues(databaseUrl: string): Values {
  const { host, port, database, user } = addressOf(databaseUrl);
  return { 'database.host': host, 'database.port': port, 'database.name': database, 'database.user': user };
}

function passwordOf(databaseUrl: string): string {
  const { password, searchParams } = new URL(databaseUrl);
  return searchParams.get('password') ?? decodeURIComponent(password);
}

async function processPorts({ description }: TargetFile): Promise<Values> {
  const ports: Record<string, number> = {};
  for (const { name } of description.processes) {
    let port = await findFreePort();
    while (Object.values(ports).includes(port)) port = await findFreePort();
    ports[`process.${name}.port`] = port;
  }
  return ports;
}

function placesOf(file: TargetFile, values: Values, config: PerfConfig): Places {
  const { places } = file.description;
  if (typeof places === 'string') return { kind: places };
  const count = String(places.count)
    .split('*')
    .reduce((product, factor) => product * Number(fill(factor, values)), 1);
  if (!Number.isInteger(count) || count < 1)
    throw new ConfigError([
      { place: file.placeOf(['places', 'count']), key: 'places.count', expected: 'a whole number of at least 1', got: String(count) },
    ]);
  const isPerScheduler = places.per === 'scheduler';
  const settings = placeholdersIn(String(places.count)).filter((name) => name.startsWith('scheduler.'));
  return boundedPlaces(fill(places.by, values), count, isPerScheduler ? config.scheduler.processes : 1, [
    ...settings,
    ...(isPerScheduler && file.description.schedulers === 'many' ? ['scheduler.processes'] : []),
  ]);
}

async function readVersion(
  { description, name }: TargetFile,
  values: Values,
  options: Pick<CommandOptions, 'cwd' | 'protect'>,
): Promise<string> {
  if (!description.version) return '';
  const { command, env, pattern, seconds } = description.version;
  try {
    const output = await runCommand(
      command.map((argument) => fill(argument, values)),
      { ...options, env: fillAll(env, values), seconds },
    );
    return linearPattern(pattern).first(output)?.[0] ?? '';
  } catch (error) {
    throw new Error(`${name}: its version could not be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The options of the scheduler block, and of recovery where the config has it, that the description uses anywhere. */
function usedOptions({ description }: TargetFile, { scheduler, recovery }: PerfConfig): Record<string, unknown> {
  const used = new Set(placeholdersIn(JSON.stringify(description)));
  return Object.fromEntries([
    ...Object.entries(scheduler).filter(([name]) => used.has(`scheduler.${name}`)),
    ...Object.entries(recovery ?? {}).filter(([name]) => used.has(`recovery.${name}`)),
  ]);
}

function warnings(file: TargetFile, context: TargetContext): string[] {
  const used = usedOptions(file, context.config);
  const unused = Object.keys(context.config.scheduler).filter((name) => name !== 'processes' && !(name in used));
  const unusedSentence = (name: string): [string, string] => [
    name.slice(name.indexOf('.') + 1),
    `${file.name}: ${name} does not apply: the target's description does not use it.`,
  ];
  const usesRunId = placeholdersIn(JSON.stringify(file.submit)).includes('run_id');
  return [
    ...(context.config.work?.seed !== undefined && !usesRunId
      ? [`${file.name} makes the ids of runs itself: its tasks draw other work in each experiment, and work.seed does not apply.`]
      : []),
    ...optionWarnings(context, Object.fromEntries(unused.map((name) => unusedSentence(`scheduler.${name}`)))),
    ...recoveryWarnings(
      context.config,
      Object.fromEntries(
        recoveryPlaceholders.filter((name) => !placeholdersIn(JSON.stringify(file.description)).includes(name)).map(unusedSentence),
      ),
    ),
  ];
}
