import { hash } from 'node:crypto';

/** Draws of a distribution: each task has one of so many, each as likely as any other. */
export const drawCount = 4096;
/** Of so many numbers one says whether a task fails. */
export const failureDraws = 16 ** 6;

/**
 * What decides all that is drawn for a task: the MD5 of its run's id in the engine, a space, and its index, as hexadecimal digits.
 *
 * Any language has it, a shell and SQL too, so that a task can work out its own work, and orchlab afterwards what was asked of it.
 */
export function taskDigest(runId: string, taskIndex: number): string {
  return hash('md5', `${runId} ${taskIndex}`, 'hex');
}

/** Which of the `drawCount` draws is the task's, from 0: the first three digits. */
export function drawOf(digest: string): number {
  return Number.parseInt(digest.slice(0, 3), 16);
}

/** Numbers of `failureDraws` below this fail, where a share of the tasks does. */
export function failingBelow(share: number): number {
  return Math.round(share * failureDraws);
}

/** Whether the task is one of the share that fails: its fourth to ninth digit are below so many. */
export function isFailing(digest: string, share: number): boolean {
  return Number.parseInt(digest.slice(3, 9), 16) < failingBelow(share);
}

/** The id of run `runIndex` of a seed: a UUID (version 8) of its own, the same each time. */
export function seededRunId(seed: number, runIndex: number): string {
  const digits = hash('md5', `orchlab run ${seed} ${runIndex}`, 'hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
}
