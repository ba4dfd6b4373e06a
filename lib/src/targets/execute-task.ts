import { spawn } from 'node:child_process';
import { drawnSeconds } from '../config/task-duration.ts';
import { isFailing, taskDigest } from '../random/task-draw.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { evidenceVariable, leaveBegin, leaveEnd } from './evidence.ts';
import { payloadOf } from './payload.ts';
import type { TaskSpec } from './task-spec.ts';
import { workScript, workVariable } from './work-script.ts';

/** Which task is to be executed. */
export interface TaskIdentity {
  readonly runId: string;
  readonly taskIndex: number;
  readonly workflowName: string;
  /** Different for each attempt at the same task. */
  readonly executionId: string;
  /** Which attempt at the task it is by the engine's own count, from 1, where the engine tries again. Default 1. */
  readonly attempt?: number;
}

/** The config asked the task to fail. */
class PlannedFailure extends Error {
  override readonly name = 'PlannedFailure';
}

/**
 * Does the work of one task inside a scheduler process: waits or computes (inline), or runs the script and waits for it (process). What it is asked to do
 * follows from the spec and the task's id alone. Resolves with what the task returns: text of work.payload_bytes_out bytes.
 *
 * The script gets `task_index`, `run_id`, `workflow_name`, `EXECUTION_ID`, `TASK_DURATION` and, where executions leave evidence,
 * `ORCHLAB_EVIDENCE` in its environment; with work of the kind cpu `ORCHLAB_WORK`, too, which does it. Its stderr goes to the scheduler's log. Throws when it can't
 * be started, exits with another code than 0, is killed, or is to fail.
 */
export async function executeTask(spec: TaskSpec, task: TaskIdentity): Promise<string> {
  const { evidencePath, work } = spec;
  const beganMs = clock.nowMs();
  const end = (outcome: 'finished' | 'failed'): void => {
    if (evidencePath !== undefined && spec.tellsEnds) leaveEnd(evidencePath, task, { beganMs, endedMs: clock.nowMs(), outcome });
  };
  try {
    const seconds = drawnSeconds(spec.duration, task.runId, task.taskIndex);
    if (spec.executor === 'process') await runScript(spec, task, seconds);
    else {
      if (evidencePath !== undefined) leaveBegin(evidencePath, task);
      if (work?.kind === 'cpu') compute(seconds);
      else await clock.waitUntil(beganMs + seconds * 1000);
    }
    if (work && (task.attempt ?? 1) <= work.failing_attempts && isFailing(taskDigest(task.runId, task.taskIndex), work.failing_share))
      throw new PlannedFailure(`task ${task.taskIndex} of run ${task.runId} fails as work.failing_share asks`);
  } catch (error) {
    // What a killed worker was at was cut off: what it did of it may be done twice, as after a crash.
    if (!(error instanceof KilledWorker)) end('failed');
    throw error;
  }
  end('finished');
  return payloadOf(work?.payload_bytes_out ?? 0);
}

/** A signal ended it. */
class KilledWorker extends Error {
  override readonly name = 'KilledWorker';
}

/** Takes so many seconds of this process's CPU time, and of its thread. */
function compute(seconds: number): void {
  const from = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(from);
    if (user + system >= seconds * 1e6) return;
    for (let turn = 0; turn < 1000; turn++) Math.sqrt(turn);
  }
}

async function runScript(spec: TaskSpec & { readonly executor: 'process' }, task: TaskIdentity, seconds: number): Promise<void> {
  const worker = spawn(spec.scriptPath, [], {
    cwd: spec.workingDirectory,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      task_index: String(task.taskIndex),
      run_id: task.runId,
      workflow_name: task.workflowName,
      EXECUTION_ID: task.executionId,
      TASK_DURATION: String(seconds),
      ...(spec.work?.kind === 'cpu' && { [workVariable]: workScript(), TASK_KIND: 'cpu', ORCHLAB_EXECUTOR: 'orchlab' }),
      ...(spec.evidencePath === undefined ? {} : { [evidenceVariable]: spec.evidencePath }),
    },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else if (signal === null) reject(new Error(`task ${task.taskIndex} of run ${task.runId} ended with exit code ${code}`));
      else reject(new KilledWorker(`task ${task.taskIndex} of run ${task.runId} ended with ${signal}`));
    });
  });
}
