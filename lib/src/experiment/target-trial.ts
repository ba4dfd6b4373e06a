import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { type Guard, killGroupsWith } from '../processes/guard.ts';
import { identify } from '../processes/process-family.ts';
import { leftBehind, stopWithFamily } from '../processes/stop-family.ts';
import { looksLikeWrapper } from '../sampling/wrapper.ts';
import { redactSecrets, secretsOf } from '../processes/secrets.ts';
import { type OpenCounter, openCounter } from '../targets/open-counter.ts';
import type { CreateTarget, OpenWork, Scheduler, Target } from '../targets/target.ts';
import { taskSpec } from '../targets/task-spec.ts';
import { withLimit } from '../timing/with-limit.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

/** One step of a check: what was tried, and what is wrong in words; nothing when all is well. */
export interface CheckStep {
  readonly step: string;
  readonly seconds: number;
  readonly problems: readonly string[];
  /** What is not wrong, but better said or changed. */
  readonly notes: readonly string[];
}

/** Each run of a trial has so many. */
export const tasksPerRun = 3;
/** Of a step, where its target or its user gives no longer one. */
export const stepLimitSeconds = 90;
const logTailLines = 15;
/** By then a child of the scheduler that is still there is no step of a script that starts it. */
const wrapperAgeMs = 1200;

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
export class TargetTrial implements AsyncDisposable {
  readonly target: Target;
  readonly config: PerfConfig;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  private readonly databaseUrl: string;
  private readonly marker: string | undefined;
  private readonly directory: string;
  private readonly evidencePath: string;
  private readonly held: AsyncDisposableStack;
  private readonly counter: OpenCounter;
  private acceptedRuns = 0;
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
    this.counter = held.use(openCounter(target.open, databaseUrl));
    this.config = config;
    this.timeoutSeconds = timeoutSeconds;
    this.signal = signal;
    this.databaseUrl = databaseUrl;
    this.marker = guard.marker;
    this.directory = directory;
    this.evidencePath = evidenceIn(directory);
  }

  static async open(options: TrialOptions): Promise<TargetTrial> {
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
    return new TargetTrial(target, options, directory, held.move());
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

  /** Submits a run of `tasksPerRun` tasks. */
  async submit(runIndex: number): Promise<string> {
    const runId = await this.target.submit({ runIndex, taskCount: tasksPerRun, runId: randomUUID() });
    this.acceptedRuns++;
    return runId;
  }

  async countOpen(): Promise<OpenWork> {
    return this.counter.count(this.acceptedRuns);
  }

  /** Takes away what was submitted. */
  async clean(): Promise<void> {
    await this.target.clean();
    this.acceptedRuns = 0;
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

/** `2 runs and 6 tasks`. */
export function openText({ runs, tasks }: OpenWork): string {
  return `${runs} runs and ${tasks} tasks`;
}
