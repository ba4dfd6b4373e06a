import { constants, openSync, readFileSync, writeSync } from 'node:fs';
import type { TaskIdentity } from './execute-task.ts';
import type { TaskSpec } from './task-spec.ts';

/**
 * The environment variable that names the evidence file to a task.
 *
 * Each execution of a task appends the line `<run_id> <task_index> <EXECUTION_ID>` to it when its work begins, before anything else.
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

/**
 * Leaves the evidence of one execution inside this process, as a script does for itself.
 *
 * Written through at once, not gathered: it takes about a microsecond, and a kill can't lose it.
 */
export function leaveEvidence(path: string, { runId, taskIndex, executionId }: TaskIdentity): void {
  let file = openFiles.get(path);
  // Never made here: when the experiment has taken the file away, a task that comes late must not leave another.
  if (file === undefined) openFiles.set(path, (file = openSync(path, constants.O_WRONLY | constants.O_APPEND)));
  writeSync(file, `${runId} ${taskIndex} ${executionId}\n`);
}
