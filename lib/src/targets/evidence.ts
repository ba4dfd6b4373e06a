import { constants, openSync, readFileSync, writeSync } from 'node:fs';
import type { TaskIdentity } from './execute-task.ts';
import type { TaskSpec } from './task-spec.ts';

/**
 * The environment variable that names the evidence file to a task.
 *
 * Each execution of a task appends the line `<run_id> <task_index> <EXECUTION_ID>` to it when its work begins, before anything else.
 * Where there may be several executions of a task, or its work was drawn, each also appends `ended <began> <ended> <finished|failed>` and the same three
 * words when it ends, with epoch milliseconds of the host's clock: then it is known how long each worked, and what came of it. Periodic work leaves a line each
 * time that it is begun (`leaveFiring`).
 *
 * One write with O_APPEND: the kernel keeps lines of any number of processes whole (on a local file system), and what was written
 * outlives whoever wrote it. No engine has a say in it, so what it hides, repeats or makes up shows.
 */
export const evidenceVariable = 'ORCHLAB_EVIDENCE';

/** Whether each execution of the task is known to leave a line: inline tasks do, scripts that use the variable too. */
export function leavesEvidence(spec: TaskSpec): boolean {
  if (spec.evidencePath === undefined) return false;
  return spec.executor === 'inline' || readFileSync(spec.scriptPath, 'latin1').includes(evidenceVariable);
}

const openFiles = new Map<string, number>();

/** How an execution ended, by its own word. */
export interface ExecutionEnd {
  /** Epoch milliseconds. */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly outcome: 'finished' | 'failed';
}

/** Leaves the evidence that an execution began inside this process, as a script does for itself. */
export function leaveBegin(path: string, task: TaskIdentity): void {
  leaveLine(path, wordsOf(task));
}

/** Leaves the evidence that an execution ended; that of a script, too, which its scheduler sees end. */
export function leaveEnd(path: string, task: TaskIdentity, { beganMs, endedMs, outcome }: ExecutionEnd): void {
  leaveLine(path, `ended ${beganMs.toFixed(3)} ${endedMs.toFixed(3)} ${outcome} ${wordsOf(task)}`);
}

/** A schedule of periodic work has fired. Epoch milliseconds. */
export interface Firing {
  /** Which of the schedules, from 0. */
  readonly scheduleIndex: number;
  /** The moment that it fired for; NaN where the engine does not say which. */
  readonly dueMs: number;
  /** When the engine made the work of it. NaN: it does not say. */
  readonly createdMs: number;
  readonly beganMs: number;
}

/** Leaves the evidence that a schedule has fired: `fired <schedule> <due> <created> <began>`, with `-` for what is not known. */
export function leaveFiring(path: string, { scheduleIndex, dueMs, createdMs, beganMs }: Firing): void {
  const word = (ms: number): string => (Number.isNaN(ms) ? '-' : ms.toFixed(3));
  leaveLine(path, `fired ${scheduleIndex} ${word(dueMs)} ${word(createdMs)} ${word(beganMs)}`);
}

function wordsOf({ runId, taskIndex, executionId }: TaskIdentity): string {
  return `${runId} ${taskIndex} ${executionId}`;
}

/**
 * Written through at once, not gathered: it takes about a microsecond, and a kill can't lose it.
 */
function leaveLine(path: string, words: string): void {
  let file = openFiles.get(path);
  // Never made here: when the experiment has taken the file away, a task that comes late must not leave another.
  if (file === undefined) openFiles.set(path, (file = openSync(path, constants.O_WRONLY | constants.O_APPEND)));
  writeSync(file, `${words}\n`);
}
