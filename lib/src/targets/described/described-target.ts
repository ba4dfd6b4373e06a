import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import type { Workspace } from '../../config/workspace.ts';
import { evidenceVariable } from '../evidence.ts';
import type { CreateTarget, RunRequest, Target, TargetContext } from '../target.ts';
import { openCountingPool, openPool } from '../target-pool.ts';
import { timesOfClock } from '../target-profile.ts';
import type { TaskSpec } from '../task-spec.ts';
import { workflowKey, workflowName } from '../workflow-key.ts';
import { findPrograms } from './find-programs.ts';
import { type Values, fill, placeholdersIn } from './placeholders.ts';
import { type CommandOptions, runCommand } from './run-command.ts';
import { scrapeMetrics } from './scrape-metrics.ts';
import { schedulerLog, startCommandScheduler } from './start-scheduler.ts';
import { type TargetFile, loadTargetFile } from './target-file.ts';
import { StepRunner } from './step-runner.ts';
import { TaskQueries } from './task-queries.ts';

/**
 * Loads a described target and finds its programs.
 *
 * Throws a ConfigError when the description, or the config for it, is wrong, and a MissingProgramError when a program is missing.
 */
export async function loadDescribedTarget(path: string, config: PerfConfig, workspace: Workspace): Promise<CreateTarget> {
  const file = await loadTargetFile(path, config.target);
  checkConfig(file, config);
  const programs = await findPrograms(file, workspace.root);
  return async (context) => createDescribedTarget(file, { context, workspace, programs });
}

function checkConfig({ name, description }: TargetFile, config: PerfConfig): void {
  const place = `config ${config.name}`;
  if (!description.executors.includes(config.executor))
    throw new ConfigError([
      { place, key: 'executor', expected: `${description.executors.join(' or ')} (all that ${name} has)`, got: config.executor },
    ]);
  if (description.schedulers === 'one' && config.scheduler.processes > 1)
    throw new ConfigError([
      { place, key: 'scheduler.processes', expected: `1 (${name} can't have several)`, got: String(config.scheduler.processes) },
    ]);
}

interface Setting {
  readonly context: TargetContext;
  readonly workspace: Workspace;
  readonly programs: Values;
}

async function createDescribedTarget(file: TargetFile, { context, workspace, programs }: Setting): Promise<Target> {
  const { config, databaseUrl, task, protect } = context;
  const { description, submit: way } = file;
  const values: Values = { ...generalValues(config, task, workspace), target_directory: file.directory, ...programs };
  const pool = openCountingPool(databaseUrl);
  const submitPool = openPool(databaseUrl, { max: config.submit_concurrency });
  const queries = new TaskQueries(file, pool, values);
  const secrets = { database_url: databaseUrl };
  const runner = new StepRunner(file, { env: { DATABASE_URL: databaseUrl }, secrets, workingDirectory: workspace.root, protect });
  const runAll = async (key: 'prepare' | 'clean'): Promise<void> => {
    for (const [index, step] of description[key].entries()) await runner.run([key, index], step, values, pool);
  };
  let instances = 0;

  return {
    name: file.name,
    version: await readVersion(file, values, { cwd: workspace.root, protect }),
    options: { submit: way.sql === undefined ? 'command' : 'sql', ...usedOptions(file, config) },
    warnings: warnings(file, config),
    places: { kind: 'unknown' },
    times: timesOfClock(description.task_clock),
    async prepare() {
      await runAll('prepare');
      await queries.check();
    },
    async startScheduler(instance) {
      instances = Math.max(instances, instance + 1);
      return startCommandScheduler({
        scheduler: description.scheduler,
        instance,
        values,
        env: { DATABASE_URL: databaseUrl, ...taskEnvironment(task) },
        secrets,
        workingDirectory: workspace.root,
        logDirectory: context.logDirectory,
        protect,
        pool,
      });
    },
    submit: async (run: RunRequest) => {
      const runId = randomUUID();
      const runValues = { ...values, task_count: run.taskCount, run_index: run.runIndex, run_id: runId };
      const output = await runner.run(file.submitPath, way, runValues, submitPool);
      if (way.sql !== undefined) return output ?? runId;
      if (way.run_id === undefined) return runId;
      const id = new RegExp(way.run_id).exec(output ?? '')?.[1];
      if (id === undefined) throw new Error(`${file.name}: run_id ${way.run_id} matches nothing in what was printed: ${output}`);
      return id;
    },
    countTasks: async () => queries.counts(),
    readTasks: () => queries.tasks(),
    async *readMetrics() {
      if (!description.metrics) return;
      for (let instance = 0; instance < instances; instance++)
        yield* scrapeMetrics(schedulerLog(context.logDirectory, instance), instance, description.metrics);
    },
    clean: async () => runAll('clean'),
    async [Symbol.asyncDispose]() {
      await submitPool.end();
      await pool.end();
    },
  };
}

function generalValues(config: PerfConfig, task: TaskSpec, workspace: Workspace): Values {
  const script = task.executor === 'process' ? task.scriptPath : '';
  return {
    workflow: workflowName(config.name),
    workflow_key: workflowKey(config.name),
    config: config.name,
    task_count: config.tasks_per_workflow,
    duration: config.duration,
    executor: config.executor,
    script,
    script_name: basename(script),
    scripts: workspace.scripts,
    workspace: workspace.root,
    ...Object.fromEntries(Object.entries(config.scheduler).map(([name, value]) => [`scheduler.${name}`, value])),
  };
}

/** What a task finds in its environment when the scheduler hands on its own. */
function taskEnvironment(task: TaskSpec): Record<string, string> {
  return {
    TASK_DURATION: String(task.durationSeconds),
    ...(task.evidencePath === undefined ? {} : { [evidenceVariable]: task.evidencePath }),
  };
}

async function readVersion(
  { description, name }: TargetFile,
  values: Values,
  options: Pick<CommandOptions, 'cwd' | 'protect'>,
): Promise<string> {
  if (!description.version) return '';
  const { command, pattern } = description.version;
  try {
    const output = await runCommand(
      command.map((argument) => fill(argument, values)),
      { ...options, env: {}, seconds: 30 },
    );
    return new RegExp(pattern).exec(output)?.[0] ?? '';
  } catch (error) {
    throw new Error(`${name}: its version could not be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The options of the scheduler block that the description uses anywhere. */
function usedOptions({ description }: TargetFile, { scheduler }: PerfConfig): Record<string, unknown> {
  const used = new Set(placeholdersIn(JSON.stringify(description)));
  return Object.fromEntries(Object.entries(scheduler).filter(([name]) => used.has(`scheduler.${name}`)));
}

function warnings(file: TargetFile, config: PerfConfig): string[] {
  const used = usedOptions(file, config);
  return Object.keys(config.scheduler)
    .filter((name) => name !== 'processes' && !(name in used))
    .map((name) => `${file.name}: scheduler.${name} does not apply: the target's description does not use it.`);
}
