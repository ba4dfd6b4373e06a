import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConfig } from '../config/load-config.ts';
import { workflowsOf } from '../config/mixed.ts';
import type { PerfConfig, PerfConfigFile } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { createExperimentDatabase, type DatabaseServer, type ExperimentDatabase } from '../database/open-database.ts';
import { firingLine } from '../experiment/read-evidence.ts';
import { type Guard, killGroupsWith } from '../processes/guard.ts';
import type { Firing } from '../targets/evidence.ts';
import { findTarget } from '../targets/registry.ts';
import { isEnd } from '../targets/task-state.ts';
import { type OpenCounter, openCounter } from '../targets/open-counter.ts';
import type { OpenWork, Scheduler, Target, TaskRow } from '../targets/target.ts';
import { taskSpec } from '../targets/task-spec.ts';

/** Each run has so many: an engine may want to know it before. */
export const tasksPerRun = 4;

/** Notes each execution in a file; tasks of index 3 fail in a config that wants failures. */
const script = (executions: string): string => `#!/bin/sh
pgid=$(cut -d' ' -f5 /proc/$$/stat)
echo "$run_id $task_index $pgid $(date +%s%3N)" >> '${executions}'
if [ "$task_index" = 3 ] && [ -e '${executions}.fail' ]; then exit 3; fi
[ -z "\${ORCHLAB_WORK:-}" ] || . "$ORCHLAB_WORK"
exec sleep "\${TASK_DURATION:-0.1}"
`;

export interface Execution {
  readonly runId: string;
  readonly taskIndex: number;
  /** The process group of the scheduler that started it. */
  readonly processGroup: number;
  /** When it began, epoch milliseconds. */
  readonly beganMs: number;
}

/** A target at work in a database of its own, with everything that it started; disposed of, nothing is left. */
export class TargetLab implements AsyncDisposable {
  readonly target: Target;
  private readonly config: PerfConfig;
  readonly database: ExperimentDatabase;
  private readonly directory: string;
  private readonly ownsDatabase: boolean;
  private readonly schedulers: Scheduler[] = [];
  private readonly counter: OpenCounter;
  private acceptedRuns = 0;

  private constructor(
    target: Target,
    parts: { config: PerfConfig; database: ExperimentDatabase; directory: string; ownsDatabase: boolean },
  ) {
    this.target = target;
    this.config = parts.config;
    this.database = parts.database;
    this.directory = parts.directory;
    this.ownsDatabase = parts.ownsDatabase;
    this.counter = openCounter(target.open, parts.database.url);
  }

  static async create(options: {
    readonly target: string;
    readonly workspace: Workspace;
    readonly server: DatabaseServer;
    readonly guard: Guard;
    readonly name?: string;
    readonly values?: Partial<PerfConfigFile>;
    /** Share the database of another lab. */
    readonly beside?: TargetLab;
    readonly isFailing?: boolean;
  }): Promise<TargetLab> {
    const { server, guard, workspace, name = 'contract', beside } = options;
    const directory = mkdtempSync(join(tmpdir(), 'orchlab-contract-'));
    const executions = join(directory, 'executions');
    writeFileSync(executions, '');
    const evidencePath = join(directory, 'evidence');
    writeFileSync(evidencePath, '');
    if (options.isFailing) writeFileSync(`${executions}.fail`, '');
    writeFileSync(join(directory, 'task.sh'), script(executions), { mode: 0o755 });
    const { scheduler, ...values } = options.values ?? {};
    const config = createConfig(
      {
        workflows: 1,
        tasks_per_workflow: tasksPerRun,
        duration: 0.05,
        target: options.target,
        script: join(directory, 'task.sh'),
        ...values,
        scheduler: { poll_interval_secs: 0.1, max_concurrent_dispatches: 4, ...scheduler },
      },
      name,
    );
    const database = beside?.database ?? (await createExperimentDatabase(server, 'contract'));
    const createTarget = await findTarget(config, workspace);
    const target = await createTarget({
      config,
      databaseUrl: database.url,
      task: { ...taskSpec(config, workspace), evidencePath },
      logDirectory: directory,
      temporaryDirectory: directory,
      protect: killGroupsWith(guard),
    });
    const lab = new TargetLab(target, { config, database, directory, ownsDatabase: beside === undefined });
    await target.prepare();
    return lab;
  }

  async startScheduler(instance = 0): Promise<Scheduler> {
    const scheduler = await this.target.startScheduler(instance);
    this.schedulers.push(scheduler);
    return scheduler;
  }

  /**
   * Submits runs one after the other, of a workflow of the config by its name; resolves with their ids. Default: of its first, of `tasksPerRun` tasks unless the
   * config says otherwise.
   */
  async submit(runs: number, { name, notBeforeMs }: { readonly name?: string; readonly notBeforeMs?: number } = {}): Promise<string[]> {
    const workflow = workflowsOf(this.config).find((each) => name === undefined || each.name === name);
    if (!workflow) throw new Error(`expected a workflow of the config, got ${name}`);
    const ids: string[] = [];
    for (let run = 0; run < runs; run++) {
      ids.push(
        await this.target.submit({
          runIndex: this.acceptedRuns,
          taskCount: workflow.tasks,
          runId: randomUUID(),
          workflow,
          ...(notBeforeMs !== undefined && { notBeforeMs }),
        }),
      );
      this.acceptedRuns++;
    }
    return ids;
  }

  async countOpen(): Promise<OpenWork> {
    return this.counter.count(this.acceptedRuns);
  }

  /** Takes away what was submitted. */
  async clean(): Promise<void> {
    await this.target.clean();
    this.acceptedRuns = 0;
  }

  /** Waits until so many tasks have ended, however, by what is read of them and by what is counted as open. */
  async ended(tasks: number): Promise<void> {
    let seen = '';
    await waitUntil(`${tasks} tasks have ended`, async () => {
      const rows = await this.tasks();
      const open = await this.countOpen();
      seen = `${rows.map(({ status }) => status).join(', ') || 'no tasks'}; open: ${JSON.stringify(open)}`;
      return rows.filter(({ status }) => isEnd(status)).length >= tasks && open.runs === 0 && open.tasks === 0;
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; there are ${seen}\n${this.log()}`, { cause: error });
    });
  }

  async tasks(): Promise<TaskRow[]> {
    const all: TaskRow[] = [];
    for await (const rows of this.target.readTasks()) all.push(...rows);
    return all;
  }

  /** What the tasks themselves say of their executions. */
  executions(): Execution[] {
    return readFileSync(join(this.directory, 'executions'), 'utf8')
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [runId = '', taskIndex, processGroup, beganMs] = line.split(' ');
        return { runId, taskIndex: Number(taskIndex), processGroup: Number(processGroup), beganMs: Number(beganMs) };
      });
  }

  /** What the schedules of periodic work have fired. */
  firings(): Firing[] {
    const lines = readFileSync(join(this.directory, 'evidence'), 'utf8').split('\n');
    return lines.flatMap((line) => firingLine(line) ?? []);
  }

  private log(): string {
    try {
      return readFileSync(join(this.directory, 'scheduler-0.log'), 'utf8').slice(-2000);
    } catch {
      return '';
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.schedulers.map(async (scheduler) => scheduler.stop()));
    await this.counter[Symbol.asyncDispose]();
    await this.target[Symbol.asyncDispose]();
    if (this.ownsDatabase) await this.database[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What takes a second or two takes ten on a machine that is busy: only an engine that hangs takes so long. */
const waitLimitMs = 60_000;

/** Waits until `condition` holds. Throws an Error that names `what` when it does not within a minute. */
export async function waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + waitLimitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`after ${waitLimitMs / 1000} s it was not so that ${what}`);
    await sleep(50);
  }
}
