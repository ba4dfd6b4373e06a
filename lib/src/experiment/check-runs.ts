import { setTimeout as sleep } from 'node:timers/promises';
import type { Target, TaskRow } from '../targets/target.ts';
import { isEnd } from '../targets/task-state.ts';
import { type CheckStep, type TargetTrial, openText, stepLimitSeconds, tasksPerRun } from './target-trial.ts';
import { taskRowProblems } from './task-row-problems.ts';

/** Tries the life of a run: a run of three tasks for each scheduler is submitted, done, read and cleaned away. */
export async function* checkRuns(trial: TargetTrial): AsyncGenerator<CheckStep> {
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
      for (let runIndex = 0; runIndex < processes; runIndex++) runIds.push(await trial.submit(runIndex));
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
      await trial.clean();
      await target.prepare();
      const left = await readAll(target);
      const open = await trial.countOpen();
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

/** Waits until the tasks have ended, and are open no more; says what it saw when they don't, or when they fail. */
async function waitForEnd(trial: TargetTrial, taskCount: number): Promise<string[]> {
  const { target, timeoutSeconds, signal } = trial;
  const endMs = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const rows = await readAll(target);
    const open = await trial.countOpen();
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
