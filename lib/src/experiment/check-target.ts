import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConfig } from '../config/load-config.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { createExperimentDatabase, openServer } from '../database/open-database.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { type Guard, killGroupsWith, startGuard } from '../processes/guard.ts';
import { identify } from '../processes/process-family.ts';
import { leftBehind, stopWithFamily } from '../processes/stop-family.ts';
import { looksLikeWrapper } from '../sampling/wrapper.ts';
import { redactSecrets, secretsOf } from '../targets/described/database-secrets.ts';
import { findTarget } from '../targets/registry.ts';
import { isEnd } from '../targets/task-state.ts';
import type { CreateTarget, OpenWork, Scheduler, Target, TaskRow } from '../targets/target.ts';
import { taskSpec } from '../targets/task-spec.ts';
import { withLimit } from '../timing/with-limit.ts';
import { taskRowProblems } from './task-row-problems.ts';
import { measureTasksAtOnce, placesFinding, tasksToTry } from './tasks-at-once.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

/** One step of a check: what was tried, and what is wrong in words; nothing when all is well. */
export interface CheckStep {
  readonly step: string;
  readonly seconds: number;
  readonly problems: readonly string[];
  /** What is not wrong, but better said or changed. */
  readonly notes: readonly string[];
}

export interface CheckTargetOptions {
  readonly target: string;
  readonly executor?: 'process' | 'inline';
  /** Schedulers to start. Default 1. */
  readonly processes?: number;
  /** Limit for the tasks to end, and for as many as can to begin. Default 30. */
  readonly timeoutSeconds?: number;
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
}

const tasksPerRun = 3;
const stepLimitSeconds = 90;
const logTailLines = 15;
/** By then a child of the scheduler that is still there is no step of a script that starts it. */
const wrapperAgeMs = 1200;
/** Of the measurement of places: few, so that few tasks show them. */
const dispatches = 4;

/**
 * Tries a target with a run of three tasks for each scheduler, in a database of its own, then with as many long tasks as it takes to
 * see how many run at once, and yields each step as it ends.
 *
 * What one step finds wrong does not keep the next from being tried, where that makes sense. Throws a ConfigError or a
 * MissingProgramError when it can't be loaded at all.
 */
export async function* checkTarget(options: CheckTargetOptions): AsyncGenerator<CheckStep> {
  const { target, executor = 'process', processes = 1, timeoutSeconds = 30, workspace, signal } = options;
  const configOf = (name: string, values: { readonly duration: number; readonly dispatches?: number }): PerfConfig =>
    createConfig(
      {
        workflows: 1,
        tasks_per_workflow: tasksPerRun,
        duration: values.duration,
        target,
        executor,
        scheduler: {
          poll_interval_secs: 0.2,
          processes,
          ...(values.dispatches === undefined ? {} : { max_concurrent_dispatches: values.dispatches }),
        },
      },
      name,
    );
  const config = configOf('target check', { duration: 0.05 });
  const createTarget = await findTarget(config, workspace);
  await using guard = startGuard({ marks: true });
  await using server = await withLimit(
    openServer({ guard, stateDirectory: workspace.state }),
    stepLimitSeconds,
    'starting Postgres',
    signal,
  );
  await using database = await createExperimentDatabase(server, 'target check');
  const common = { guard, workspace, signal, timeoutSeconds, databaseUrl: database.url };
  {
    await using trial = await Trial.open({ ...common, config, createTarget });
    let isSound = true;
    for await (const step of checkRuns(trial)) {
      isSound &&= step.problems.length === 0;
      yield step;
    }
    // Of one that does not do its tasks right, how many it does at once says nothing.
    if (!isSound) return;
  }
  const long = configOf('target check places', { duration: timeoutSeconds, dispatches });
  await using trial = await Trial.open({ ...common, config: long, createTarget: await findTarget(long, workspace) });
  yield* checkPlaces(trial);
}

async function* checkRuns(trial: Trial): AsyncGenerator<CheckStep> {
  const { target, config } = trial;
  const { processes } = config.scheduler;
  const prepared = await trial.attempt('prepare', async () => target.prepare(), target.limits?.prepareSeconds);
  yield prepared;
  if (prepared.problems.length > 0) return;
  yield await trial.attempt('prepare again (it must be possible)', async () => target.prepare(), target.limits?.prepareSeconds);
  const started = await trial.start();
  yield started;
  if (started.problems.length > 0) return;
  const runIds: string[] = [];
  const taskCount = processes * tasksPerRun;
  const submitted = await trial.attempt(
    processes === 1 ? `submit a run of ${tasksPerRun} tasks` : `submit ${processes} runs of ${tasksPerRun} tasks`,
    async () => {
      for (let runIndex = 0; runIndex < processes; runIndex++) runIds.push(await target.submit({ runIndex, taskCount: tasksPerRun }));
      return [
        ...(runIds.includes('') ? ['submit gave an empty id for the run'] : []),
        ...(new Set(runIds).size < runIds.length ? [`submit gave one id to several runs: ${runIds.join(', ')}`] : []),
      ];
    },
  );
  yield submitted;
  if (submitted.problems.length === 0) {
    yield trial.withLog(
      await trial.attempt('its tasks end', async () => waitForEnd(trial, taskCount), trial.timeoutSeconds + stepLimitSeconds),
    );
    let rows: readonly TaskRow[] = [];
    const read = await trial.attempt('read the tasks', async () => {
      rows = await readAll(target);
      return taskRowProblems(rows, { runIds, tasksPerRun, nowMs: Date.now() });
    });
    yield { ...read, notes: timesNotes(target, rows) };
    yield await trial.attempt('each task was executed once', async () => {
      const executions = trial.executions();
      if (executions.length !== taskCount)
        return [
          `${executions.length} executions left evidence, expected ${taskCount}: ${executions.length < taskCount ? 'does the scheduler hand on its environment to tasks?' : 'tasks were executed more than once'}`,
        ];
      const missing = runIds
        .flatMap((id) => Array.from({ length: tasksPerRun }, (_, index) => `${id} ${index}`))
        .filter((task) => !executions.includes(task));
      return missing.length === 0
        ? []
        : [
            `the executions are those of ${executions.join(', ')}: expected ${missing.join(', ')}, too; do tasks get run_id and task_index?`,
          ];
    });
  }
  const notes = await trial.wrapperNotes();
  yield { ...(await trial.stop()), notes };
  yield await trial.attempt(
    'clean',
    async () => {
      await target.clean();
      await target.prepare();
      const left = await readAll(target);
      const open = await target.countOpen();
      return [
        ...(left.length === 0 ? [] : [`${left.length} tasks are left after clean: ${statesOf(left)}`]),
        ...(open.runs === 0 && open.tasks === 0 ? [] : [`after clean ${openText(open)} are counted as open, expected none`]),
      ];
    },
    (target.limits?.prepareSeconds ?? 0) + (target.limits?.cleanSeconds ?? 0) + stepLimitSeconds,
  );
}

/** Which times a target gives without saying what they are. */
function timesNotes({ times }: Target, rows: readonly TaskRow[]): string[] {
  const unsaid = (['created', 'dispatched', 'started', 'finished'] as const).filter(
    (name) => times[name].moment === 'unknown' && rows.some((row) => !Number.isNaN(row[`${name}Ms`])),
  );
  return unsaid.length === 0
    ? []
    : [`say in \`times\` what happened at ${unsaid.join(', ')}: until then its phases are compared with those of no other engine`];
}

/** Compares the tasks that run at once with the places that the target declares. */
async function* checkPlaces(trial: Trial): AsyncGenerator<CheckStep> {
  const { target, timeoutSeconds, config } = trial;
  const step = 'as many tasks run at once as it declares';
  const wanted = tasksToTry(target.places, dispatches * config.scheduler.processes);
  if (wanted === undefined) {
    yield { step, seconds: 0, problems: [], notes: ['it declares too many places to be tried here'] };
    return;
  }
  const runs = Math.ceil(wanted / tasksPerRun);
  const notes: string[] = [];
  const measured = await trial.attempt(
    step,
    async () => {
      await target.prepare();
      const { problems } = await trial.start();
      if (problems.length > 0) return problems;
      for (let runIndex = 0; runIndex < runs; runIndex++) await target.submit({ runIndex, taskCount: tasksPerRun });
      // None can have ended: they work for longer than this takes.
      const open = await target.countOpen();
      if (open.runs !== runs || open.tasks !== runs * tasksPerRun)
        return [`of ${runs} runs of ${tasksPerRun} tasks, none of which had ended, ${openText(open)} are counted as open`];
      const { problem, note } = placesFinding(
        target.places,
        await measureTasksAtOnce({
          submitted: runs * tasksPerRun,
          places: target.places,
          begun: () => trial.executions().length,
          ended: async () => runs * tasksPerRun - (await target.countOpen()).tasks,
          limitSeconds: timeoutSeconds,
          signal: trial.signal,
        }),
      );
      if (note !== undefined) notes.push(note);
      await trial.stop();
      await target.clean();
      return problem === undefined ? [] : [problem];
    },
    timeoutSeconds + Object.values(target.limits ?? {}).reduce((sum, seconds) => sum + seconds, stepLimitSeconds),
  );
  yield trial.withLog({ ...measured, notes });
}

interface TrialOptions {
  readonly config: PerfConfig;
  readonly createTarget: CreateTarget;
  readonly guard: Guard;
  readonly workspace: Workspace;
  readonly databaseUrl: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** A target that is tried out, with what was started of it. */
class Trial implements AsyncDisposable {
  readonly target: Target;
  readonly config: PerfConfig;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  private readonly databaseUrl: string;
  private readonly marker: string | undefined;
  private readonly directory: string;
  private readonly evidencePath: string;
  private readonly held: AsyncDisposableStack;
  /** In the order of starting. */
  private readonly running: Scheduler[] = [];
  private readonly schedulers: Scheduler[] = [];
  private startedMs = Number.NaN;

  private constructor(
    target: Target,
    { config, guard, timeoutSeconds, signal, databaseUrl }: TrialOptions,
    directory: string,
    held: AsyncDisposableStack,
  ) {
    this.target = target;
    this.held = held;
    this.config = config;
    this.timeoutSeconds = timeoutSeconds;
    this.signal = signal;
    this.databaseUrl = databaseUrl;
    this.marker = guard.marker;
    this.directory = directory;
    this.evidencePath = evidenceIn(directory);
  }

  static async open(options: TrialOptions): Promise<Trial> {
    const { config, createTarget, guard, workspace, databaseUrl } = options;
    await using held = new AsyncDisposableStack();
    const directory = mkdtempSync(join(tmpdir(), 'orchlab-check-'));
    held.defer(() => rmSync(directory, { recursive: true, force: true }));
    const temporary = held.use(await makeTemporaryDirectory(guard));
    const evidencePath = evidenceIn(directory);
    writeFileSync(evidencePath, '');
    const target = held.use(
      await createTarget({
        config,
        setOptions: [],
        databaseUrl,
        task: { ...taskSpec(config, workspace), evidencePath },
        logDirectory: directory,
        temporaryDirectory: temporary.path,
        protect: killGroupsWith(guard),
      }),
    );
    return new Trial(target, options, directory, held.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stopAll();
    } finally {
      await this.held.disposeAsync();
    }
  }

  async attempt(step: string, action: () => Promise<readonly string[] | void>, limitSeconds = 0): Promise<CheckStep> {
    const startMs = performance.now();
    const problems = await withLimit(action(), Math.max(stepLimitSeconds, limitSeconds), step, this.signal).catch((error: unknown) => {
      this.signal.throwIfAborted();
      return [reasonOf(error)];
    });
    return { step, seconds: (performance.now() - startMs) / 1000, problems: problems ?? [], notes: [] };
  }

  /** Starts the engine's other processes and then its schedulers. */
  async start(): Promise<CheckStep> {
    const { processes } = this.config.scheduler;
    const step = await this.attempt(
      processes === 1 ? 'start the scheduler' : `start ${processes} schedulers`,
      async () => {
        this.running.push(...((await this.target.startProcesses?.()) ?? []));
        const starting = Array.from({ length: processes }, async (_, instance) => this.target.startScheduler(instance));
        for (const result of await Promise.allSettled(starting)) if (result.status === 'fulfilled') this.schedulers.push(result.value);
        this.running.push(...this.schedulers);
        await Promise.all(starting);
      },
      this.target.limits?.startSeconds,
    );
    this.startedMs = performance.now();
    return this.withLog(step);
  }

  /** Says of a scheduler that it only wraps the one, unless the target says it itself. To be asked when it has had work. */
  async wrapperNotes(): Promise<string[]> {
    if (this.target.rolePatterns?.some(({ role }) => role === 'scheduler')) return [];
    await sleep(Math.max(0, wrapperAgeMs - (performance.now() - this.startedMs)), undefined, { signal: this.signal });
    const [looks] = this.schedulers.flatMap(({ pid }) => looksLikeWrapper(pid) ?? []);
    return looks === undefined
      ? []
      : [
          `the scheduler ${looks}: that is taken for a worker, if it is the real one. Start it itself, or with exec, or name it: roles: { scheduler: PATTERN }`,
        ];
  }

  async stop(): Promise<CheckStep> {
    const started = [...this.running];
    return this.attempt(started.length > 1 ? 'stop its processes' : 'stop the scheduler', async () => {
      return leftBehind(
        await stopWithFamily(
          started.map(({ pid }) => identify(pid)),
          this.marker,
          async () => this.stopAll(),
        ),
      );
    });
  }

  private async stopAll(): Promise<void> {
    // The schedulers, which need the others, were started last.
    for (const each of this.running.splice(0).toReversed()) await each.stop();
  }

  /** `run task` of each execution that has begun. */
  executions(): string[] {
    return readFileSync(this.evidencePath, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/ \S*$/, ''));
  }

  /** A step that went wrong, with the end of what the engine's processes said. */
  withLog(step: CheckStep): CheckStep {
    if (step.problems.length === 0) return step;
    const logs = readdirSync(this.directory)
      .filter((name) => name.endsWith('.log'))
      .toSorted();
    const tails = logs.flatMap((name) => {
      // While a described process runs, its log may hold what leads to the database.
      const log = redactSecrets(readFileSync(join(this.directory, name), 'utf8').trim(), secretsOf(this.databaseUrl));
      if (log === '') return [];
      const tail = log
        .split('\n')
        .slice(-logTailLines)
        .map((line) => `  ${line}`)
        .join('\n');
      return [`the end of ${name}:\n${tail}`];
    });
    return { ...step, problems: [...step.problems, ...tails] };
  }
}

function evidenceIn(directory: string): string {
  return join(directory, 'evidence.txt');
}

/** Waits until the tasks have ended, and are open no more; says what it saw when they don't, or when they fail. */
async function waitForEnd({ target, timeoutSeconds, signal }: Trial, taskCount: number): Promise<string[]> {
  const endMs = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const rows = await readAll(target);
    const open = await target.countOpen();
    const ended = rows.filter(({ status }) => isEnd(status));
    const isOpen = open.runs > 0 || open.tasks > 0;
    if (ended.length >= taskCount && !isOpen) {
      if (ended.every(({ status }) => status === 'finished')) return [];
      return [`expected ${taskCount} tasks to finish, got ${statesOf(rows)}`];
    }
    if (performance.now() > endMs) {
      const advice =
        ended.length >= taskCount
          ? `all have ended, but ${openText(open)} are counted as open: does the query of \`open\` leave out what has ended?`
          : rows.length === 0
            ? '`tasks` sees no task at all: does its SQL look at the workflow that submit uses?'
            : rows.every(({ status }) => status === 'pending')
              ? 'no task was taken: does the scheduler look at this database, and at what submit wrote?'
              : 'tasks began but did not end: is their state written back, and is each state mapped right?';
      return [`after ${timeoutSeconds} s of ${taskCount} tasks ${statesOf(rows)}: ${advice} (Slower ones need --timeout.)`];
    }
    await sleep(50);
  }
}

async function readAll(target: Target): Promise<readonly TaskRow[]> {
  const rows: TaskRow[] = [];
  for await (const batch of target.readTasks()) rows.push(...batch);
  return rows;
}

/** `2 finished, 1 failed`. */
function statesOf(rows: readonly TaskRow[]): string {
  const states = [...new Set(rows.map(({ status }) => status))];
  return states.map((state) => `${rows.filter(({ status }) => status === state).length} ${state}`).join(', ') || 'none';
}

function openText({ runs, tasks }: OpenWork): string {
  return `${runs} runs and ${tasks} tasks`;
}
