import { z } from 'zod';
import { type TaskDuration, meanOfDraws } from './task-duration.ts';

/** What engines keep in a row of a table; more belongs elsewhere. */
const mostPayloadBytes = 16 * 1024 * 1024;
const mostAttempts = 1000;

const payloadBytes = z.int().min(0).max(mostPayloadBytes).default(0);

/** What a task does beside working for its `duration`, in one vocabulary for every engine. */
export const workSchema = z
  .strictObject({
    kind: z
      .enum(['wait', 'cpu'])
      .default('wait')
      .describe('wait: its duration passes. cpu: it takes so many seconds of CPU time; inline, in the thread of the scheduler.'),
    payload_bytes_in: payloadBytes.describe('Bytes that each task is submitted with: text that does not compress.'),
    payload_bytes_out: payloadBytes.describe('Bytes that each task returns, where the engine keeps results.'),
    failing_share: z.number().min(0).max(1).default(0).describe('Share of the tasks that fail at first, when their work is done.'),
    failing_attempts: z
      .int()
      .min(1)
      .max(mostAttempts)
      .default(1)
      .describe('How often each of those fails before it succeeds; whether it is tried again, recovery.max_attempts says.'),
    seed: z
      .int()
      .min(0)
      .optional()
      .describe(
        'The same seed gives each task the same work in every experiment, where the engine lets orchlab choose the ids of runs. Default: another work each time.',
      ),
  })
  .describe('What tasks do (docs/work.md).');

export type Work = z.output<typeof workSchema>;

/** What of a config says what tasks do, and how often. */
export interface Worked {
  readonly duration: TaskDuration;
  readonly work?: Work | undefined;
  readonly recovery?: { readonly max_attempts: number } | undefined;
  /** Of several workflows each may have its own. */
  readonly workflows?: number | readonly { readonly duration?: TaskDuration | undefined; readonly work?: Work | undefined }[] | undefined;
}

/** Whether tasks differ in what they are to do, or do more than wait, so that what does them has to look at which task it is. */
export function isPlanned({ duration, work, workflows }: Worked): boolean {
  const own = typeof workflows === 'object' ? workflows : [{}];
  return own.some((workflow) => typeof (workflow.duration ?? duration) !== 'number' || (workflow.work ?? work) !== undefined);
}

/** Whether each execution says when it ended, and how, in its evidence: where there may be several of a task, or its work was drawn. */
export function tellsEnds(config: Worked): boolean {
  return isPlanned(config) || (config.recovery?.max_attempts ?? 1) > 1;
}

/** Executions of a task, on average: those that fail are made again as often as the config lets them. */
export function executionsPerTask({ work, recovery }: Worked): number {
  const { failing_share: share, failing_attempts: attempts } = work ?? { failing_share: 0, failing_attempts: 0 };
  return 1 + share * Math.min(attempts, (recovery?.max_attempts ?? 1) - 1);
}

/** Seconds that a task works on average, in all of its executions. */
export function meanWorkSeconds(config: Worked): number {
  return meanOfDraws(config.duration) * executionsPerTask(config);
}
