import { type Arrival, type LoadSize, type WorkflowSize, plannedRuns, plannedSeconds, sizesOf } from '../config/arrival.ts';
import { seededRandom } from '../random/seeded-random.ts';
import { hash } from 'node:crypto';
import { MergedSchedule } from './merged-schedule.ts';

/** When runs are due, in seconds from the start of the load, in ascending order: one number a run. */
export type Schedule = Iterable<number>;

/** What the driver is to do: runs that are due whatever the engine does (open), or whenever one of them has ended (closed). */
export type Load =
  | {
      readonly kind: 'open';
      readonly due: Schedule;
      /** How many; NaN where that can't be told beforehand: random moments over a time. */
      readonly runs: number;
      /** The load's length where it is given by time; Infinity where by a number of runs. */
      readonly endSeconds: number;
      /** Which workflow of several a run is of that `due` has given, as its index in the config's list. Left out: there is one. */
      readonly workflowOf?: (runIndex: number) => number;
    }
  | { readonly kind: 'closed'; readonly inFlight: number; readonly runs: number; readonly endSeconds: number };

/** One step of `steps`: a rate in runs per second (0 is a pause) and how long it is kept. */
export interface Step {
  readonly rate: number;
  readonly seconds: number;
}

/** All runs are due at once. */
export function* burst(runCount: number): Generator<number> {
  for (let index = 0; index < runCount; index++) yield 0;
}

/** Run i is due at i / rate: no interval is ever added to another, so nothing drifts. */
export function* constant(runsPerSecond: number, runCount: number): Generator<number> {
  for (let index = 0; index < runCount; index++) yield index / runsPerSecond;
}

/**
 * A Poisson process: independent, exponentially distributed intervals, the first before the first run. The same seed gives
 * the same times. Endless.
 */
export function* poisson(runsPerSecond: number, seed: number): Generator<number> {
  const random = seededRandom(seed);
  for (let seconds = 0; ;) {
    seconds -= Math.log1p(-random()) / runsPerSecond;
    yield seconds;
  }
}

/**
 * The rate goes from `from` to `to` in a straight line while `seconds` pass. Run i is due when the integral of the rate,
 * from * t + (to - from) * t^2 / (2 * seconds), has grown to i.
 */
export function* ramp([from, to]: readonly [number, number], seconds: number, runCount: number): Generator<number> {
  for (let index = 0; index < runCount; index++) {
    // The root of the quadratic in the form that subtracts nothing from a near equal, and that holds for from = to as well.
    const root = Math.sqrt(Math.max(0, from * from + (2 * index * (to - from)) / seconds));
    yield index === 0 ? 0 : (2 * index) / (from + root);
  }
}

/** One constant rate after the other. Run i is due when the integral of the rate has grown to i. */
export function* steps(all: readonly Step[], runCount: number): Generator<number> {
  let index = 0;
  let startSeconds = 0;
  let runsBefore = 0;
  for (const { rate, seconds } of all) {
    for (; index < runCount && index < runsBefore + rate * seconds; index++) yield startSeconds + (index - runsBefore) / rate;
    startSeconds += seconds;
    runsBefore += rate * seconds;
  }
}

/** The load that a config asks for. */
export function toLoad(config: LoadSize): Load {
  const sizes = sizesOf(config);
  if (typeof config.workflows !== 'object') return toOneLoad({ ...config, workflows: config.workflows });
  const names = config.workflows.map(({ name }) => name);
  const loads = sizes.map((size, index) => openLoad({ ...size, arrival: withOwnSeed(size.arrival, names[index]) }));
  const due = new MergedSchedule(loads);
  return {
    kind: 'open',
    due,
    runs: plannedRuns(config),
    // As long as one of them is given by a number of runs, what is late is waited for.
    endSeconds: Math.max(...loads.map(({ endSeconds }) => endSeconds)),
    workflowOf: (runIndex) => due.workflowOf(runIndex),
  };
}

/** Two workflows of one seed are not to come at the same moments; a workflow is to come at the same ones, whoever is beside it. */
function withOwnSeed(arrival: Arrival, name = ''): Arrival {
  if (arrival === 'burst' || !('poisson' in arrival)) return arrival;
  return { ...arrival, seed: (arrival.seed + Number.parseInt(hash('md5', name, 'hex').slice(0, 8), 16)) % 2 ** 32 };
}

function toOneLoad(size: WorkflowSize): Load {
  const { arrival, workflows, load_seconds } = size;
  if (arrival === 'burst' || !('closed' in arrival)) return openLoad(size);
  return {
    kind: 'closed',
    inFlight: arrival.closed,
    runs: workflows ?? Number.POSITIVE_INFINITY,
    endSeconds: load_seconds ?? Number.POSITIVE_INFINITY,
  };
}

function openLoad(size: WorkflowSize): Extract<Load, { kind: 'open' }> {
  const runs = plannedRuns(size);
  const seconds = plannedSeconds(size);
  const endSeconds = size.workflows === undefined ? seconds : Number.POSITIVE_INFINITY;
  return { kind: 'open', due: { [Symbol.iterator]: () => openSchedule(size, runs, seconds) }, runs, endSeconds };
}

function openSchedule({ arrival, workflows, load_seconds }: WorkflowSize, runs: number, seconds: number): Iterator<number> {
  if (arrival === 'burst') return burst(runs);
  if ('constant' in arrival) return constant(arrival.constant, runs);
  if ('poisson' in arrival) return takeWhile(poisson(arrival.poisson, arrival.seed), workflows, load_seconds);
  if ('ramp' in arrival) return ramp(arrival.ramp, seconds, runs);
  if ('steps' in arrival) return steps(arrival.steps, runs);
  throw new Error('a closed loop has no schedule');
}

function* takeWhile(due: Iterable<number>, count = Number.POSITIVE_INFINITY, endSeconds = Number.POSITIVE_INFINITY): Generator<number> {
  let index = 0;
  for (const seconds of due) {
    if (index++ >= count || seconds >= endSeconds) return;
    yield seconds;
  }
}
