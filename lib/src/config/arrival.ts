import { z } from 'zod';
import { longestTimerSeconds } from '../timing/clock.ts';
import { durationSchema } from './duration.ts';

/** No driver of one process gets near it, and no timer tells two such runs apart. */
const mostRunsPerSecond = 1_000_000;
/** Each run that is sent stays in memory until the tasks have been read, with some hundred bytes: two gigabytes. */
export const mostRuns = 20_000_000;

const runsPerSecond = z.number().positive().max(mostRunsPerSecond);
const runsPerSecondOrNone = z.number().min(0).max(mostRunsPerSecond);

const stepSchema = z.strictObject({
  rate: runsPerSecondOrNone.describe('Runs per second; 0 is a pause.'),
  seconds: durationSchema(z.number().positive().max(longestTimerSeconds)).describe('How long: seconds, or 90s, 45m, 6h.'),
});

const kinds =
  '{ constant: runs per second }, { poisson: runs per second, seed: number }, { ramp: [from, to] }, { steps: [{ rate, seconds }, ...] } or { closed: runs in flight }';

/** When runs are submitted: all at once, at a rate that does not ask how the engine is doing (open), or as it finishes them (closed). */
export const arrivalSchema = z
  .union(
    [
      z.literal('burst').describe('All runs at once.'),
      z.strictObject({ constant: runsPerSecond.describe('Runs per second, evenly spaced.') }),
      z.strictObject({
        poisson: runsPerSecond.describe('Runs per second on average, at random moments that know nothing of each other.'),
        seed: z.int().min(0).default(1).describe('The same seed gives the same moments.'),
      }),
      z.strictObject({
        ramp: z.tuple([runsPerSecondOrNone, runsPerSecondOrNone]).describe('Runs per second at the start and at the end.'),
      }),
      z.strictObject({
        steps: z.array(stepSchema).min(1).describe('Constant rates, one after the other: the length of the load is theirs.'),
      }),
      z.strictObject({
        closed: z.int().min(1).max(mostRuns).describe('Runs in flight, always this many: the next one is due when one has ended.'),
      }),
    ],
    { error: `burst, ${kinds}` },
  )
  .describe('When runs are submitted.');

export type Arrival = z.output<typeof arrivalSchema>;

/** How much load one workflow makes. */
export interface WorkflowSize {
  readonly arrival: Arrival;
  readonly workflows?: number | undefined;
  readonly load_seconds?: number | undefined;
}

/** What of a config says how much load there is. */
export interface LoadSize extends Omit<WorkflowSize, 'workflows'> {
  /** Runs, or each of several workflows; what one of those leaves out is as the config has it. */
  readonly workflows?:
    | number
    | readonly {
        readonly name?: string | undefined;
        readonly arrival?: Arrival | undefined;
        readonly runs?: number | undefined;
        readonly load_seconds?: number | undefined;
        /** Of each run. */
        readonly tasks?: number | undefined;
      }[]
    | undefined;
}

/** The load of each workflow of a config, in its order: one where it lists none. */
export function sizesOf({ arrival: common, workflows, load_seconds: commonSeconds }: LoadSize): readonly WorkflowSize[] {
  if (typeof workflows !== 'object') return [{ arrival: common, workflows, load_seconds: commonSeconds }];
  return workflows.map(({ arrival = common, runs, load_seconds }) => {
    const isSized = runs !== undefined || arrival === 'burst' || 'steps' in arrival;
    return { arrival, workflows: runs, load_seconds: load_seconds ?? (isSized ? undefined : commonSeconds) };
  });
}

/**
 * Runs that a load of this size submits when all goes well; NaN when it can't be told beforehand: how many a closed loop
 * gets through in a time, or how many random arrivals fall into it.
 */
export function plannedRuns(load: LoadSize): number {
  return sizesOf(load).reduce((sum, size) => sum + plannedRunsOf(size), 0);
}

function plannedRunsOf(size: WorkflowSize): number {
  const { arrival } = size;
  if (size.workflows !== undefined) return size.workflows;
  if (arrival === 'burst' || 'closed' in arrival || 'poisson' in arrival) return Number.NaN;
  const seconds = plannedSecondsOf(size);
  if ('constant' in arrival) return wholeRuns(arrival.constant * seconds);
  if ('ramp' in arrival) return wholeRuns(((arrival.ramp[0] + arrival.ramp[1]) / 2) * seconds);
  return wholeRuns(arrival.steps.reduce((sum, step) => sum + step.rate * step.seconds, 0));
}

/** The same, of random arrivals over a time on average. */
export function expectedRuns(size: WorkflowSize): number {
  const { arrival, workflows, load_seconds: seconds } = size;
  const isRandom = arrival !== 'burst' && 'poisson' in arrival && workflows === undefined && seconds !== undefined;
  return isRandom ? arrival.poisson * seconds : plannedRunsOf(size);
}

/** Seconds that a load of this size lasts when all goes well (random arrivals: on average); NaN for a number of runs in a closed loop. */
export function plannedSeconds(load: LoadSize): number {
  return Math.max(...sizesOf(load).map(plannedSecondsOf));
}

function plannedSecondsOf({ arrival, workflows = Number.NaN, load_seconds }: WorkflowSize): number {
  if (load_seconds !== undefined) return load_seconds;
  if (arrival === 'burst') return 0;
  if ('constant' in arrival) return workflows / arrival.constant;
  if ('poisson' in arrival) return workflows / arrival.poisson;
  if ('ramp' in arrival) return (2 * workflows) / (arrival.ramp[0] + arrival.ramp[1]);
  if ('steps' in arrival) return arrival.steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return Number.NaN;
}

/** Runs due before the integral of the rate reaches `integral`: runs 0, 1, 2 ... are due when it is 0, 1, 2 ... */
function wholeRuns(integral: number): number {
  // 1.1 runs per second for 10 seconds are 11 runs, though the product is a hair above.
  return Math.ceil(integral - 1e-9 * Math.max(1, integral));
}

/** An arrival in words, for instance `poisson, 50 runs/s`. */
export function describeArrival(arrival: Arrival): string {
  if (arrival === 'burst') return 'burst';
  if ('constant' in arrival) return `constant, ${arrival.constant} runs/s`;
  if ('poisson' in arrival) return `poisson, ${arrival.poisson} runs/s (seed ${arrival.seed})`;
  if ('ramp' in arrival) return `ramp, ${arrival.ramp[0]} to ${arrival.ramp[1]} runs/s`;
  if ('steps' in arrival) return `steps, ${arrival.steps.map(({ rate, seconds }) => `${rate} runs/s for ${seconds}s`).join(', ')}`;
  return `closed, ${arrival.closed} runs in flight`;
}
