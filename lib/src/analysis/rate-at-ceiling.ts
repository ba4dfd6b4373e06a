import type { Ceiling } from '../results/ceiling.ts';
import type { Experiment } from '../results/experiment.ts';
import { frameOf, submittedCode } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { sortNumbers } from './sort-numbers.ts';
import { takenMs, taskStretches } from './task-stretches.ts';
import { throughputFigures } from './throughput-figures.ts';

/** What an experiment did of a figure that a ceiling bounds. */
export interface RateAtCeiling {
  /** In the unit of the figure; NaN where it is not known. */
  readonly perSecond: number;
  /** How long tasks waited without a break, where the rate is of that time only; NaN where it is of the whole experiment. */
  readonly waitedSeconds: number;
}

/** With fewer of the tasks than this having waited in one stretch, that stretch is not what the experiment was. */
const mostTasksRatio = 0.5;

/**
 * The rate of an experiment over the time in which a ceiling can bind.
 *
 * A ceiling of the target binds while tasks wait: of the longest time in which some always did, when the tasks ended that were dispatched in it. One of
 * the load can at any time. What comes at once (`atOnce`: as many as there are places, a batch of a poll) begins before the first step of time and ends
 * after the last, so that the rate is counted from the end of the first so many to that of the last whole such number: between the one and the other
 * there are as many steps as ceilings reckon with, and an experiment at its ceiling is at 100 %, however short it is.
 *
 * Where tasks waited for less of it, or fewer than twice as many came as come at once, it is the rate of the whole (`throughputFigures`).
 */
export function rateAtCeiling(experiment: Experiment, { figure, name, atOnce = 1 }: Ceiling): RateAtCeiling {
  const whole = throughputFigures(experiment);
  if (figure === 'throughput.runsPerSecond')
    return ofWhole(
      rateAfterFirst(acceptedInOrder(experiment, name === 'arrival' ? 'sentMs' : 'acknowledgedMs'), atOnce),
      whole.runsPerSecond,
    );
  if (isOfLoad({ name })) return ofWhole(rateAfterFirst(measuredEnds(experiment), atOnce), whole.tasksPerSecond);
  const waited = waitedWork(experiment);
  const perSecond =
    waited.endsMs.length >= mostTasksRatio * frameOf(experiment).measured.length ? rateAfterFirst(waited.endsMs, atOnce) : Number.NaN;
  return Number.isNaN(perSecond) ? ofWhole(Number.NaN, whole.tasksPerSecond) : { perSecond, waitedSeconds: waited.seconds };
}

/** Whether a ceiling is of the load that orchlab offers, not of the target. */
export function isOfLoad({ name }: Pick<Ceiling, 'name'>): boolean {
  return name === 'arrival' || name === 'in-flight';
}

function ofWhole(perSecond: number, otherwise: number): RateAtCeiling {
  return { perSecond: Number.isNaN(perSecond) ? otherwise : perSecond, waitedSeconds: Number.NaN };
}

/** From the last of the first `atOnce` to the last of a whole number of them; NaN with fewer than two such numbers. */
function rateAfterFirst(atMs: Float64Array, atOnce: number): number {
  const count = Math.floor(atMs.length / atOnce) * atOnce;
  if (count < 2 * atOnce) return Number.NaN;
  const seconds = ((atMs[count - 1] as number) - (atMs[atOnce - 1] as number)) / 1000;
  return seconds > 0 ? (count - atOnce) / seconds : Number.NaN;
}

interface WaitedWork {
  readonly seconds: number;
  /** When the tasks ended that were dispatched while others waited, in order. */
  readonly endsMs: Float64Array;
}

const waitedWork = perExperiment((experiment: Experiment): WaitedWork => {
  const frame = frameOf(experiment);
  const { fromMs, toMs } = longestWait(experiment);
  const ends: number[] = [];
  for (let row = 0; row < frame.tasks.count; row++) {
    const taken = takenMs(frame, row);
    if (taken >= fromMs && taken <= toMs) ends.push(frame.tasks.finishedMs[row] as number);
  }
  return { seconds: (toMs - fromMs) / 1000, endsMs: sortNumbers(ends) };
});

/** The longest time after the warm-up in which at every moment some task waited; NaN where none did. */
function longestWait(experiment: Experiment): { readonly fromMs: number; readonly toMs: number } {
  const { begins, ends } = taskStretches(experiment).waiting;
  const { originMs } = loadSpan(experiment);
  let longest = { fromMs: Number.NaN, toMs: Number.NaN };
  let fromMs = Number.NaN;
  let [begun, ended] = [0, 0];
  while (ended < ends.atMs.length) {
    const endMs = ends.atMs[ended] as number;
    // One that begins as another ends leaves no break.
    while (begun < begins.atMs.length && (begins.atMs[begun] as number) <= endMs) {
      if (begun === ended) fromMs = Math.max(originMs, begins.atMs[begun] as number);
      begun++;
    }
    ended++;
    if (begun === ended && !(endMs - fromMs <= longest.toMs - longest.fromMs)) longest = { fromMs, toMs: endMs };
  }
  return longest;
}

function measuredEnds(experiment: Experiment): Float64Array {
  const { tasks, measured } = frameOf(experiment);
  return sortNumbers(Float64Array.from(measured, (row) => tasks.finishedMs[row] as number));
}

/** Of the runs that were accepted after the warm-up. */
function acceptedInOrder(experiment: Experiment, moment: 'sentMs' | 'acknowledgedMs'): Float64Array {
  const { runs } = frameOf(experiment);
  return sortNumbers(runs[moment].filter((_, row) => runs.status[row] === submittedCode && runs.warmUp[row] === 0));
}
