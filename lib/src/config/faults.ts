import { z } from 'zod';
import { longestTimerSeconds } from '../timing/clock.ts';
import { ThresholdError, parseMoment, parseShare } from './threshold.ts';

/** More in one experiment can't be told apart by what came of each. */
const mostFaults = 100;
const mostTimes = 1000;

const secondsText = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const problem = problemOf(() => parseMoment(text));
    if (problem) context.addIssue({ code: 'custom', message: problem, input: text });
  });
const duration = z.union([z.number().min(0).max(longestTimerSeconds), secondsText], { error: 'seconds, or a text such as 5s or 500 ms' });
const positiveDuration = z.union([z.number().positive().max(longestTimerSeconds), secondsText], {
  error: 'seconds above 0, or a text such as 5s or 500 ms',
});
const moment = z.union(
  [
    z.number().min(0).max(longestTimerSeconds),
    z
      .string()
      .min(1)
      .superRefine((text, context) => {
        const problem = problemOf(() => (parseShare(text) === undefined ? parseMoment(text) : 0));
        if (problem) context.addIssue({ code: 'custom', message: problem, input: text });
      }),
  ],
  { error: 'seconds since the load began, a text such as 10s, or a share of the load such as 50%' },
);

const when = {
  at: moment.describe(
    'When: seconds since the load began (10, 10s), or a share of the load (50%): of its length, in a burst or a number of runs in a closed loop of its tasks.',
  ),
  every: positiveDuration.optional().describe('Again so often, from the first time on.'),
  times: z.int().min(1).max(mostTimes).optional().describe('How often in all, with `every`. Default: until the load is over.'),
  jitter: duration.optional().describe('Later by a random time, up to so much.'),
  seed: z.int().min(0).default(1).describe('The same seed gives the same moments and victims.'),
};
const lasting = { for: positiveDuration.describe('How long it lasts.') };
const which = { instance: z.int().min(0).optional().describe('Which scheduler, from 0. Default: one at random.') };
const mode = z.enum(['fast', 'immediate']);

const kill = z.strictObject({
  kill: z.enum(['scheduler', 'worker']).describe('SIGKILL: a scheduler with all that it started, or one worker.'),
  ...when,
  ...which,
  restart_after: duration.optional().describe('Start the scheduler again after so long, as a supervisor does. Default: it stays dead.'),
  leave_workers: z.boolean().default(false).describe('Kill the scheduler process alone: its workers go on.'),
});
const pause = z.strictObject({
  pause: z.enum(['scheduler', 'postgres']).describe('SIGSTOP: a scheduler with all that it started, or the whole Postgres server.'),
  ...when,
  ...lasting,
  ...which,
});
const restart = z.strictObject({
  restart: z.enum(['scheduler', 'postgres']).describe('Stop it and start it again.'),
  ...when,
  ...which,
  mode: mode.default('fast').describe('fast: it is asked to stop (a deployment); immediate: it is cut off (a crash).'),
  down: duration.default(0).describe('How long it stays down.'),
});
const terminate = z.strictObject({
  terminate: z.literal('connections').describe("pg_terminate_backend of the engine's connections, never of orchlab's own."),
  ...when,
});
const hold = z.strictObject({
  hold: z.literal('transaction').describe('A transaction that stays open, idle, and holds back vacuum (xmin).'),
  ...when,
  ...lasting,
});
const exhaust = z.strictObject({
  exhaust: z.literal('connections').describe('Take every connection that the server has left.'),
  ...when,
  ...lasting,
});
const drop = z.strictObject({
  drop: z.literal('network').describe('Between schedulers and Postgres: all of their connections go through a proxy.'),
  ...when,
  ...lasting,
  how: z
    .enum(['cut', 'silent', 'delay', 'rate'])
    .default('cut')
    .describe('cut: connections are reset and refused; silent: nothing passes; delay and rate: as they say.'),
  delay: positiveDuration.optional().describe('With how: delay, how much later everything arrives, each way.'),
  bytes_per_second: z.int().min(1).optional().describe('With how: rate, how much passes each way.'),
});
const kinds = [kill, pause, restart, terminate, hold, exhaust, drop] as const;
/** What is done to an experiment, by the key that says so. */
export const faultKinds = ['kill', 'pause', 'restart', 'terminate', 'hold', 'exhaust', 'drop'] as const;
export type FaultKind = (typeof faultKinds)[number];

const faultSchema = z.union(kinds, { error: `a block with one of the keys ${faultKinds.join(', ')}` }).superRefine((fault, context) => {
  for (const [key, expected] of contradictions(fault))
    context.addIssue({ code: 'custom', path: [key], message: expected, input: fault[key as keyof typeof fault] });
});

/** What is done to the experiment on purpose. */
export const faultsSchema = z.array(faultSchema).min(1).max(mostFaults);

export type Fault = z.output<typeof faultSchema>;

function contradictions(fault: z.output<(typeof kinds)[number]>): readonly (readonly [key: string, expected: string])[] {
  return [
    ...(fault.times !== undefined && fault.times > 1 && fault.every === undefined
      ? [['every', 'how often, where times is above 1'] as const]
      : []),
    ...('kill' in fault && fault.kill === 'worker' && fault.restart_after !== undefined
      ? [['restart_after', 'nothing here: it is the scheduler that starts workers'] as const]
      : []),
    ...('kill' in fault && fault.kill === 'worker' && fault.leave_workers
      ? [['leave_workers', 'nothing here: one worker is killed'] as const]
      : []),
    ...('instance' in fault && fault.instance !== undefined && victimOf(fault) !== 'scheduler'
      ? [['instance', 'nothing here: only schedulers have one'] as const]
      : []),
    ...('drop' in fault && (fault.how === 'delay') !== (fault.delay !== undefined)
      ? [['delay', fault.how === 'delay' ? 'how much later everything arrives' : 'nothing here, or how: delay'] as const]
      : []),
    ...('drop' in fault && (fault.how === 'rate') !== (fault.bytes_per_second !== undefined)
      ? [['bytes_per_second', fault.how === 'rate' ? 'how much passes' : 'nothing here, or how: rate'] as const]
      : []),
  ];
}

/** The key that says what is done. */
export function kindOf(fault: Fault): FaultKind {
  const kind = faultKinds.find((key) => key in fault);
  if (kind === undefined) throw new Error('a fault without a kind');
  return kind;
}

/** What it is done to: scheduler, worker, postgres, connections, transaction, network. */
export function victimOf(fault: Fault): string {
  return String((fault as Readonly<Record<string, unknown>>)[kindOf(fault)]);
}

/** Seconds of a duration as the config has it. */
export function secondsOf(value: number | string): number {
  return typeof value === 'number' ? value : parseMoment(value);
}

/** A fault in words, for instance `kill scheduler at 50%, restarted after 5 s`. */
export function describeFault(fault: Fault): string {
  const parts = [`${kindOf(fault)} ${victimOf(fault)} at ${typeof fault.at === 'number' ? `${fault.at} s` : fault.at}`];
  if (fault.every !== undefined)
    parts.push(`every ${secondsOf(fault.every)} s${fault.times === undefined ? '' : `, ${fault.times} times`}`);
  if ('for' in fault) parts.push(`for ${secondsOf(fault.for)} s`);
  if ('restart_after' in fault && fault.restart_after !== undefined) parts.push(`restarted after ${secondsOf(fault.restart_after)} s`);
  if ('restart' in fault) parts.push(`${fault.mode}${secondsOf(fault.down) > 0 ? `, down for ${secondsOf(fault.down)} s` : ''}`);
  return parts.join(', ');
}

function problemOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof ThresholdError) return error.expected;
    throw error;
  }
}
