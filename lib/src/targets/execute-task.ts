import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { evidenceVariable, leaveEvidence } from './evidence.ts';
import type { TaskSpec } from './task-spec.ts';

/** Which task is to be executed. */
export interface TaskIdentity {
  readonly runId: string;
  readonly taskIndex: number;
  readonly workflowName: string;
  /** Different for each attempt at the same task. */
  readonly executionId: string;
}

/**
 * Does the work of one task inside a scheduler process: waits (inline), or runs the script and waits for it (process).
 *
 * The script gets `task_index`, `run_id`, `workflow_name`, `EXECUTION_ID`, `TASK_DURATION` and, where executions leave evidence,
 * `ORCHLAB_EVIDENCE` in its environment. Its stderr goes to the scheduler's log. Throws when it can't be started, exits with another code than 0, or is killed.
 */
export async function executeTask(spec: TaskSpec, task: TaskIdentity): Promise<void> {
  if (spec.executor === 'inline') {
    if (spec.evidencePath !== undefined) leaveEvidence(spec.evidencePath, task);
    await sleep(spec.durationSeconds * 1000);
    return;
  }
  const worker = spawn(spec.scriptPath, [], {
    cwd: spec.workingDirectory,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      task_index: String(task.taskIndex),
      run_id: task.runId,
      workflow_name: task.workflowName,
      EXECUTION_ID: task.executionId,
      TASK_DURATION: String(spec.durationSeconds),
      ...(spec.evidencePath === undefined ? {} : { [evidenceVariable]: spec.evidencePath }),
    },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`task ${task.taskIndex} of run ${task.runId} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
