import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConfig } from '../config/load-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { createExperimentDatabase, openServer } from '../database/open-database.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { killGroupsWith, startGuard } from '../processes/guard.ts';
import { identify } from '../processes/process-family.ts';
import { leftBehind, stopWithFamily } from '../processes/stop-family.ts';
import { redactSecrets, secretsOf } from '../targets/described/database-secrets.ts';
import { findTarget } from '../targets/create-target.ts';
import type { Scheduler, Target, TaskRow } from '../targets/target.ts';
import { taskSpec } from '../targets/task-spec.ts';
import { withLimit } from '../timing/with-limit.ts';
import { taskRowProblems } from './task-row-problems.ts';

/** One step of a check: what was tried, and what is wrong in words; nothing when all is well. */
export interface CheckStep {
  readonly step: string;
  readonly seconds: number;
  readonly problems: readonly string[];
}

export interface CheckTargetOptions {
  readonly target: string;
  readonly executor?: 'process' | 'inline';
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
}

const taskCount = 3;
const endLimitSeconds = 30;
const stepLimitSeconds = 90;
const logTailLines = 15;

/**
 * Tries a target with one run of three tasks in a database of its own, and yields each step as it ends.
 *
 * What one step finds wrong does not keep the next from being tried, where that makes sense. Throws a ConfigError or a
 * MissingProgramError when it can't be loaded at all.
 */
export async function* checkTarget({
  target: name,
  executor = 'process',
  workspace,
  signal,
}: CheckTargetOptions): AsyncGenerator<CheckStep> {
  const config = createConfig(
    { workflows: 1, tasks_per_workflow: taskCount, duration: 0.05, target: name, executor, scheduler: { poll_interval_secs: 0.2 } },
    'target check',
  );
  const createTarget = await findTarget(config, workspace);
  const logDirectory = mkdtempSync(join(tmpdir(), 'orchlab-check-'));
  using _directory = { [Symbol.dispose]: () => rmSync(logDirectory, { recursive: true, force: true }) };
  const evidencePath = join(logDirectory, 'evidence.txt');
  writeFileSync(evidencePath, '');
  await using guard = startGuard({ marks: true });
  await using server = await withLimit(
    openServer({ guard, stateDirectory: workspace.state }),
    stepLimitSeconds,
    'starting Postgres',
    signal,
  );
  await using database = await createExperimentDatabase(server, 'target check');
  await using target = await createTarget({
    config,
    databaseUrl: database.url,
    task: { ...taskSpec(config, workspace), evidencePath },
    logDirectory,
    protect: killGroupsWith(guard),
  });
  let scheduler: Scheduler | undefined;
  await using _scheduler = { [Symbol.asyncDispose]: async () => scheduler?.stop() };
  const attempt = async (step: string, action: () => Promise<readonly string[] | void>): Promise<CheckStep> => {
    const startMs = performance.now();
    const problems = await withLimit(action(), stepLimitSeconds, step, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return [reasonOf(error)];
    });
    return { step, seconds: (performance.now() - startMs) / 1000, problems: problems ?? [] };
  };

  const prepared = await attempt('prepare', async () => target.prepare());
  yield prepared;
  if (prepared.problems.length > 0) return;
  yield await attempt('prepare again (it must be possible)', async () => target.prepare());
  const started = await attempt('start the scheduler', async () => {
    scheduler = await target.startScheduler(0);
  });
  yield withLog(started, logDirectory, database.url);
  if (!scheduler) return;
  const { pid } = scheduler;
  let runId = '';
  const submitted = await attempt(`submit a run of ${taskCount} tasks`, async () => {
    runId = await target.submit({ runIndex: 0, taskCount });
    return runId === '' ? ['submit gave an empty id for the run'] : [];
  });
  yield submitted;
  if (submitted.problems.length === 0) {
    yield withLog(await attempt('its tasks end', async () => waitForEnd(target, signal)), logDirectory, database.url);
    yield await attempt('read the tasks', async () => {
      const rows: TaskRow[] = [];
      for await (const batch of target.readTasks()) rows.push(...batch);
      return taskRowProblems(rows, { runId, taskCount, nowMs: Date.now() });
    });
    yield await attempt('each task was executed once', async () => {
      const executions = readFileSync(evidencePath, 'utf8').split('\n').length - 1;
      return executions === taskCount
        ? []
        : [`${executions} executions left evidence, expected ${taskCount}: does the scheduler hand on its environment to tasks?`];
    });
  }
  yield await attempt('stop the scheduler', async () => {
    return leftBehind(await stopWithFamily([identify(pid)], guard.marker, async () => scheduler?.stop()));
  });
  yield await attempt('clean', async () => {
    await target.clean();
    await target.prepare();
    const counts = await target.countTasks();
    const left = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return left === 0 ? [] : [`${left} tasks are left after clean: ${JSON.stringify(counts)}`];
  });
}

/** Waits until the tasks have ended; says what it saw when they don't, or when they fail. */
async function waitForEnd(target: Target, signal: AbortSignal): Promise<string[]> {
  const endMs = performance.now() + endLimitSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const counts = await target.countTasks();
    const { finished, failed, cancelled, pending, dispatched, running } = counts;
    if (finished === taskCount) return [];
    if (finished + failed + cancelled >= taskCount)
      return [`expected ${taskCount} tasks to finish, got ${finished} finished, ${failed} failed, ${cancelled} cancelled`];
    if (performance.now() > endMs) {
      const seen = pending + dispatched + running + finished + failed + cancelled;
      const advice =
        seen === 0
          ? 'the counts see no task at all: does their SQL look at the workflow that submit uses?'
          : pending === seen
            ? 'no task was taken: does the scheduler look at this database, and at what submit wrote?'
            : 'tasks began but did not end: is their state written back, and is each state mapped right?';
      return [`after ${endLimitSeconds} s of ${taskCount} tasks ${JSON.stringify(counts)}: ${advice}`];
    }
    await sleep(50);
  }
}

/** A step that went wrong, with the end of what the scheduler said. */
function withLog(step: CheckStep, logDirectory: string, databaseUrl: string): CheckStep {
  if (step.problems.length === 0) return step;
  let log = '';
  try {
    log = readFileSync(join(logDirectory, 'scheduler-0.log'), 'utf8').trim();
  } catch {
    // It did not get so far.
  }
  if (log === '') return step;
  // While a described scheduler runs, its log may hold what leads to the database.
  const tail = redactSecrets(log, secretsOf(databaseUrl))
    .split('\n')
    .slice(-logTailLines)
    .map((line) => `  ${line}`)
    .join('\n');
  return { ...step, problems: [...step.problems, `the end of the scheduler's output:\n${tail}`] };
}
