import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { describeShape } from '../config/shape.ts';
import { configOf, isMixed, workflowsOf } from '../config/mixed.ts';
import { isPlanned } from '../config/work.ts';
import type { Workspace } from '../config/workspace.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { findPrograms } from './described/find-programs.ts';
import { findTargetFile, listTargetFiles, loadTargetFile, noDependencies, submitWays } from './described/target-file.ts';
import { refuseResults, refuseUnplanned } from './described/task-plan.ts';
import { describedWorkflows } from './described/run-values.ts';
import { howToInstall, installedVersion } from './installed-version.ts';
import { type CreateTarget, MissingProgramError } from './target.ts';
import { type TaskSpec, taskSpec } from './task-spec.ts';
import { type WorkflowAbilities, refuseWorkflows } from './workflow-abilities.ts';

/** A target that can be asked for, or why it can't. */
export interface KnownTarget {
  readonly name: string;
  readonly description: string;
  /** `orchlab`, the module that makes it, or the file that describes it, from the workspace. */
  readonly from: string;
  readonly executors: readonly string[];
  readonly schedulers: 'one' | 'many';
  /** Whether its tasks can come after one another, as the `shape` of a config says. */
  readonly dependencies: boolean;
  /** The commands by which its file says to try its programs, in words; absent where there are none. */
  readonly checks?: readonly string[];
  /** Why it can't be run here: what is wrong with its description, or which program is missing, or fails when it is tried. */
  readonly problem?: string;
}

export interface ListTargetsOptions {
  /** Try the programs of target files, by the commands that these say (`checks`). Default false: nothing of a file is run. */
  readonly check?: boolean;
}

/** A target of one's own, for `defineTarget`. Plain data: the experiment's process is told it. */
export interface TargetDefinition {
  /** As `target:` of a config has it: letters, digits, dashes and underscores. */
  readonly name: string;
  /**
   * The module that makes it: its export `createTarget` is a `CreateTarget`. The URL (`new URL('./my-engine.ts', import.meta.url).href`),
   * or an absolute path: experiments load it in a process of their own.
   */
  readonly module: string;
  /** What it is, for lists. Default: its name. */
  readonly description?: string;
  /** How its tasks can work; a config that asks for another is refused. Default: both. */
  readonly executors?: readonly PerfConfig['executor'][];
  /** Whether several scheduler processes can share the work; with `one`, a config that asks for several is refused. Default `many`. */
  readonly schedulers?: 'one' | 'many';
  /**
   * Whether a task begins only when those have ended that it comes after by `taskGraph(config)`; without, a config with another shape than
   * parallel is refused. Default: no.
   */
  readonly dependencies?: boolean;
  /** Whether its tasks work by `executeTask`: else a config whose tasks differ in their work (a distribution as `duration`, or `work`) is refused. Default: no. */
  readonly plannedWork?: boolean;
  /**
   * What its `submit` honours of a run's `workflow` beside its tasks, so that a config may list several; an empty list: none of these. Without, such a
   * config is refused. Default: it is.
   */
  readonly workflows?: readonly ('priority' | 'concurrency' | 'rate')[];
}

interface OwnTarget {
  readonly title: string;
  readonly npmPackage: string;
  /** Why its tasks can't come after one another, where they can't. */
  readonly noDependencies?: string;
  /** Why it can't give back what its tasks return, in words. Default: it can. */
  readonly noResults?: string;
  /** What it can't do of what several workflows may ask. */
  readonly workflows?: WorkflowAbilities;
  /** Loaded when asked for: an engine's library costs nothing to those who don't use it. */
  load(): Promise<CreateTarget>;
}

/** The targets that orchlab brings, by name. */
const ownTargets: ReadonlyMap<string, OwnTarget> = new Map<string, OwnTarget>([
  [
    'dbos',
    {
      title: 'DBOS Transact for TypeScript',
      npmPackage: '@dbos-inc/dbos-sdk',
      load: async () => (await import('./dbos/dbos-target.ts')).createDbosTarget,
    },
  ],
  [
    'pg-boss',
    {
      title: 'pg-boss',
      npmPackage: 'pg-boss',
      workflows: { noRate: 'pg-boss throttles what is sent to it, and has no limit of how many jobs begin in a time' },
      load: async () => (await import('./pg-boss/pg-boss-target.ts')).createPgBossTarget,
    },
  ],
  [
    'graphile-worker',
    {
      title: 'graphile-worker',
      npmPackage: 'graphile-worker',
      noDependencies:
        'graphile-worker has no dependencies between jobs: its named queues make jobs run one after the other, whichever run they are of',
      noResults: 'it deletes a job that succeeds, and keeps no result',
      workflows: {
        noConcurrency: (limit) =>
          limit === 1 ? undefined : 'graphile-worker runs the jobs of a named queue one after the other, and has no other limit of its own',
        noRate: 'graphile-worker has no limit of how many jobs begin in a time',
      },
      load: async () => (await import('./graphile-worker/graphile-worker-target.ts')).createGraphileWorkerTarget,
    },
  ],
]);

const defined = new Map<string, TargetDefinition>();

/**
 * Makes a target of one's own known to this process: `target: <name>` in configs that are run from here finds it. Defined again with
 * the same name, the later one counts.
 *
 * Throws a ConfigError when the name is one of orchlab's own targets or no name at all, or the module is no URL and no absolute path.
 */
export function defineTarget(definition: TargetDefinition): void {
  const { name, module } = definition;
  const refuse = (key: string, expected: string, got: string): never => {
    throw new ConfigError([{ place: 'defineTarget', key, expected, got }]);
  };
  if (!/^\w[\w-]*$/.test(name)) refuse('name', 'letters, digits, dashes and underscores', JSON.stringify(name));
  if (ownTargets.has(name)) refuse('name', `another name than ${[...ownTargets.keys()].join(', ')}, which are orchlab's own`, name);
  if (!URL.canParse(module) && !module.startsWith('/'))
    refuse('module', "a URL or an absolute path, as in new URL('./my-engine.ts', import.meta.url).href", JSON.stringify(module));
  defined.set(name, definition);
}

/** The targets that were defined in this process, for another one to define them, too. */
export function definedTargets(): readonly TargetDefinition[] {
  return [...defined.values()];
}

/**
 * Finds the target of a config: one of orchlab's own, one that was defined, or one that perf-configs/targets describes, whose programs
 * `environment` may name.
 *
 * Throws a ConfigError that lists the known ones, or says what is wrong with a description or a module, and a MissingProgramError when a
 * program that it needs is not there.
 */
export async function findTarget(
  config: PerfConfig,
  workspace: Workspace,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<CreateTarget> {
  const name = config.target;
  const own = ownTargets.get(name);
  const alone = workflowsOf(config).map((workflow) => configOf(config, workflow));
  if (own) {
    const install = howToInstall(own.npmPackage);
    if (install !== undefined)
      throw new MissingProgramError(`target ${name}: expected the npm package ${own.npmPackage}, got none: ${install}`);
    for (const each of alone) {
      refuseShape(each, own.noDependencies);
      if (own.noResults !== undefined) refuseResults(each, `${name}: ${own.noResults}`);
    }
    refuseWorkflows(config, own.workflows ?? {});
    return own.load();
  }
  const definition = defined.get(name);
  if (definition) {
    refuseUnfit(config, name, definition);
    const noDependenciesSaid = definition.dependencies
      ? undefined
      : `its definition does not say that ${name} has dependencies between tasks`;
    for (const each of alone) refuseShape(each, noDependenciesSaid);
    refuseUnsaidWorkflows(config, definition);
    if (isPlanned(config) && !definition.plannedWork)
      throw new ConfigError([
        {
          place: `config ${config.name}`,
          key: config.work ? 'work' : 'duration',
          expected: `${config.work ? 'nothing' : 'a number'} (the definition of ${name} does not say plannedWork)`,
          got: config.work ? 'a block' : 'a distribution',
        },
      ]);
    return loadDefinition(definition);
  }
  const path = findTargetFile(name, workspace);
  if (path === undefined) {
    const known = [...ownTargets.keys(), ...defined.keys(), ...(await listTargetFiles(workspace))];
    throw new ConfigError([
      { place: `config ${config.name}`, key: 'target', expected: `one of ${known.join(', ')}`, got: JSON.stringify(name) },
    ]);
  }
  const file = await loadTargetFile(path, config.target);
  refuseUnfit(config, file.name, file.description);
  for (const each of alone) {
    refuseShape(each, noDependencies(file));
    refuseUnplanned(each, workspace, file.name, file.description);
  }
  refuseWorkflows(config, describedWorkflows(config, file));
  const { loadDescribedTarget } = await import('./described/described-target.ts');
  return loadDescribedTarget(file, workspace, environment);
}

/** The further roles of the processes of a config's target, as far as it says them before it is started; undefined where it does not. */
export async function rolesBeforehand(config: PerfConfig, workspace: Workspace): Promise<readonly string[] | undefined> {
  const name = config.target;
  if (ownTargets.has(name)) return [];
  const path = defined.has(name) ? undefined : findTargetFile(name, workspace);
  if (path === undefined) return undefined;
  const { roles, processes } = (await loadTargetFile(path, name)).description;
  return [...Object.keys(roles), ...processes.map((process) => process.role ?? process.name)];
}

/** What a config needs beside its values: its script and its target. Throws a ConfigError, or a MissingProgramError, when one is not there. */
export async function checkConfig(
  config: PerfConfig,
  workspace: Workspace,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly task: TaskSpec; readonly createTarget: CreateTarget }> {
  return { task: taskSpec(config, workspace), createTarget: await findTarget(config, workspace, { ...process.env, ...environment }) };
}

/** Throws a ConfigError when a config asks for what the target can't do. */
function refuseUnfit(
  config: PerfConfig,
  name: string,
  { executors = ['process', 'inline'], schedulers = 'many' }: Pick<TargetDefinition, 'executors' | 'schedulers'>,
): void {
  const place = `config ${config.name}`;
  if (!executors.includes(config.executor))
    throw new ConfigError([{ place, key: 'executor', expected: `${executors.join(' or ')} (all that ${name} has)`, got: config.executor }]);
  if (schedulers === 'one' && config.scheduler.processes > 1)
    throw new ConfigError([
      { place, key: 'scheduler.processes', expected: `1 (${name} can't have several)`, got: String(config.scheduler.processes) },
    ]);
}

/** Throws a ConfigError when a config has tasks that come after others, and there is a reason why the target's can't. */
function refuseShape({ name, shape }: PerfConfig, reason: string | undefined): void {
  if (shape === 'parallel' || reason === undefined) return;
  throw new ConfigError([{ place: `config ${name}`, key: 'shape', expected: `parallel (${reason})`, got: describeShape(shape) }]);
}

/** Throws a ConfigError when a config lists workflows and the definition does not say that the target knows of them. */
function refuseUnsaidWorkflows(config: PerfConfig, { name, workflows }: TargetDefinition): void {
  if (!isMixed(config)) return;
  if (workflows === undefined)
    throw new ConfigError([
      {
        place: `config ${config.name}`,
        key: 'workflows',
        expected: `a number of runs (the definition of ${name} does not say which settings of several workflows it honours)`,
        got: 'a list',
      },
    ]);
  const unless = (setting: 'priority' | 'concurrency' | 'rate'): string | undefined =>
    workflows.includes(setting) ? undefined : `the definition of ${name} does not say that it honours the ${setting} of a workflow`;
  refuseWorkflows(config, { noPriority: unless('priority'), noConcurrency: unless('concurrency'), noRate: unless('rate') });
}

async function loadDefinition({ name, module }: TargetDefinition): Promise<CreateTarget> {
  const refuse = (got: string): ConfigError =>
    new ConfigError([
      { place: `target ${name}`, key: 'module', expected: `${module} with a function createTarget among its exports`, got },
    ]);
  let exports: { readonly createTarget?: unknown };
  try {
    exports = (await import(module)) as typeof exports;
  } catch (error) {
    throw refuse(reasonOf(error));
  }
  if (typeof exports.createTarget === 'function') return exports.createTarget as CreateTarget;
  throw refuse(`the exports ${Object.keys(exports).join(', ') || '(none)'}`);
}

/** All targets: orchlab's own, those that were defined, then those of perf-configs/targets, each way of submitting by itself. */
export async function listTargets(workspace: Workspace, { check = false }: ListTargetsOptions = {}): Promise<KnownTarget[]> {
  const own = [...ownTargets].map(([name, { title, npmPackage, noDependencies: reason }]): KnownTarget => {
    const install = howToInstall(npmPackage);
    return {
      name,
      description: install === undefined ? `${title} ${installedVersion(npmPackage)}` : title,
      from: 'orchlab',
      executors: ['process', 'inline'],
      schedulers: 'many',
      dependencies: reason === undefined,
      ...(install !== undefined && { problem: `the npm package ${npmPackage} is not installed: ${install}` }),
    };
  });
  const ofModules = [...defined.values()].map(
    ({ name, description = name, module, executors, schedulers = 'many', dependencies = false }): KnownTarget => ({
      name,
      description,
      from: module,
      executors: executors ?? ['process', 'inline'],
      schedulers,
      dependencies,
    }),
  );
  const described = await Promise.all((await listTargetFiles(workspace)).map(async (name) => describe(name, workspace, check)));
  return [...own, ...ofModules, ...described.flat()];
}

async function describe(name: string, workspace: Workspace, check: boolean): Promise<KnownTarget[]> {
  const from = `perf-configs/targets/${name}.yaml`;
  try {
    const file = await loadTargetFile(findTargetFile(name, workspace) ?? from, name);
    const { description, executors, schedulers } = file.description;
    const problem = await missingProgram(async () => findPrograms(file, workspace.root, { check }));
    const checks = Object.entries(file.description.programs).flatMap(([program, tried]) =>
      tried.check ? [[program, ...tried.check].join(' ')] : [],
    );
    const names = submitWays(file.description).map((way, index) => (index === 0 || way.name === undefined ? name : `${name}:${way.name}`));
    const dependencies = noDependencies(file) === undefined;
    return names.map((each) => ({
      name: each,
      description,
      from,
      executors,
      schedulers,
      dependencies,
      ...(checks.length > 0 && { checks }),
      ...(problem !== undefined && { problem }),
    }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [{ name, description: '', from, executors: [], schedulers: 'one', dependencies: false, problem: error.message }];
  }
}

async function missingProgram(find: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await find();
    return undefined;
  } catch (error) {
    if (error instanceof MissingProgramError) return error.message;
    throw error;
  }
}
