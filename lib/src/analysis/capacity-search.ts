import type { Estimate } from '../statistics/estimate.ts';
import { type ThresholdTrial, thresholdPosterior } from '../statistics/threshold-posterior.ts';

/** An experiment of a capacity search: a load at one rate. */
export interface CapacityProbe {
  readonly runsPerSecond: number;
  /** How long it lasts. */
  readonly seconds: number;
}

/** `discarded`: the driver or the host limited it, so that it says nothing about the target. */
export interface ProbeResult extends CapacityProbe {
  readonly answer: 'kept' | 'missed' | 'discarded';
}

export interface CapacitySearch {
  /** Where the search begins, in runs per second. */
  readonly start: number;
  /** How long a probe lasts; the one that confirms the answer takes `confirmFactor` times that. */
  readonly seconds: number;
  /** The interval is narrow enough when its upper end is at most so much above its lower. Default: 0.05. */
  readonly resolution?: number;
  /** Default: 40. */
  readonly mostProbes?: number;
  /** With fewer runs in a probe the objective can't be judged: no rate is tried that gives fewer. Default: 10. */
  readonly leastRuns?: number;
}

export interface CapacityAnswer {
  /** Runs per second up to which the objective is kept; NaN where it is not bounded on that side. */
  readonly runsPerSecond: Estimate;
  /** For how long, by the probes that it rests on. */
  readonly seconds: number;
  /**
   * - `found`: the interval is narrow enough, and a longer run at its lower end kept the objective;
   * - `never kept`: not even at the lowest rate that was tried;
   * - `not reached`: more than the driver or the host can offer;
   * - `too uncertain`: the probes that were allowed are used up.
   */
  readonly ended: 'found' | 'never kept' | 'not reached' | 'too uncertain';
}

const defaultResolution = 0.05;
export const confirmFactor = 3;
const growthFactor = 2;
/** So far below a rate that a long run missed, a short one that kept it is taken at its word. */
const farFactor = 1.1;
/** As often as this at one rate is no accident. */
const discardsAllowed = 2;
/** After so many without a break no further probe is tried: what hinders them stays. */
const discardsInVain = 8;

/**
 * The next probe of a search for the highest rate that is kept, or the answer: a function of the probes so far and of nothing else,
 * so that a search that was interrupted goes on where it was.
 *
 * 1. Brackets it: twice the rate while it is kept, half of it while it is missed.
 * 2. Narrows it by `thresholdPosterior`, which asks again near the edge, where a probe may go either way, as often as it needs.
 * 3. Confirms it: a longer run at the lower end of the interval. Where that is missed, what builds up slowly is not seen in a short run:
 *    the search goes on with longer ones, and of what short ones kept only that counts which is far below.
 */
export function nextCapacityProbe(probes: readonly ProbeResult[], options: CapacitySearch): CapacityProbe | CapacityAnswer {
  const longSeconds = options.seconds * confirmFactor;
  const seconds = probes.some((probe) => probe.answer === 'missed' && probe.seconds >= longSeconds) ? longSeconds : options.seconds;
  const trials = trialsOf(probes, seconds);
  const { highestKept, lowestMissed } = boundsOf(trials);
  const isHindered = probes.length >= discardsInVain && probes.slice(-discardsInVain).every(({ answer }) => answer === 'discarded');
  const isLast = isHindered || probes.length >= (options.mostProbes ?? 40);
  if (lowestMissed === undefined)
    return bracketUpwards({
      highestKept,
      unreachable: unreachableRate(probes),
      seconds,
      isLast,
      isHindered,
      options,
    });
  if (highestKept === undefined) return bracketDownwards({ lowestMissed, seconds, isLast, leastRuns: options.leastRuns ?? 10 });
  return narrow({ probes, trials, seconds, isLast, options });
}

interface Upwards {
  readonly highestKept: number | undefined;
  readonly unreachable: number | undefined;
  readonly seconds: number;
  readonly isLast: boolean;
  readonly isHindered: boolean;
  readonly options: CapacitySearch;
}

function bracketUpwards({ highestKept, unreachable, seconds, isLast, isHindered, options }: Upwards): CapacityProbe | CapacityAnswer {
  const wanted = highestKept === undefined ? options.start : highestKept * growthFactor;
  if (unreachable === undefined || wanted < unreachable)
    return isLast ? between({ low: highestKept }, seconds, isHindered ? 'not reached' : 'too uncertain') : probeAt(wanted, seconds);
  const reachedNearly = highestKept !== undefined && unreachable / highestKept <= 1 + 2 * (options.resolution ?? defaultResolution);
  if (isLast || reachedNearly) return between({ low: highestKept }, seconds, 'not reached');
  // Half of the way, on a scale of ratios, to what could not be offered.
  const low = highestKept ?? unreachable / growthFactor ** 2;
  return probeAt(Math.sqrt(low * unreachable), seconds);
}

interface Downwards {
  readonly lowestMissed: number;
  readonly seconds: number;
  readonly isLast: boolean;
  readonly leastRuns: number;
}

function bracketDownwards({ lowestMissed, seconds, isLast, leastRuns }: Downwards): CapacityProbe | CapacityAnswer {
  const wanted = lowestMissed / growthFactor;
  if (wanted * seconds < leastRuns) return between({ high: lowestMissed }, seconds, 'never kept');
  if (isLast) return between({ high: lowestMissed }, seconds, 'too uncertain');
  return probeAt(wanted, seconds);
}

interface Narrowing {
  readonly probes: readonly ProbeResult[];
  readonly trials: readonly ThresholdTrial[];
  readonly seconds: number;
  readonly isLast: boolean;
  readonly options: CapacitySearch;
}

function narrow({ probes, trials, seconds, isLast, options }: Narrowing): CapacityProbe | CapacityAnswer {
  const resolution = options.resolution ?? defaultResolution;
  // The bracket is not certain either: a probe near the edge may go either way.
  const { threshold, nextLevel } = thresholdPosterior(trials, { low: lowest(trials)! / 1.5, high: highest(trials)! * 1.5 });
  if (threshold.high / threshold.low <= 1 + resolution) {
    const longSeconds = options.seconds * confirmFactor;
    const isConfirmed = probes.some(
      (probe) => probe.answer === 'kept' && probe.seconds >= longSeconds && probe.runsPerSecond >= threshold.low * (1 - resolution / 2),
    );
    if (isConfirmed) return { runsPerSecond: threshold, seconds, ended: 'found' };
    if (!isLast) return probeAt(threshold.low, longSeconds);
  }
  return isLast ? { runsPerSecond: threshold, seconds, ended: 'too uncertain' } : probeAt(nextLevel, seconds);
}

function probeAt(runsPerSecond: number, seconds: number): CapacityProbe {
  // Four digits are finer than any answer, and fit into a table.
  return { runsPerSecond: Number(runsPerSecond.toPrecision(4)), seconds };
}

/** Of probes alone, without a model: runs per second up to which and from which on one gave this answer; NaN where none did. */
export function boundsOfProbes(probes: readonly ProbeResult[]): Estimate {
  const { highestKept, lowestMissed } = boundsOf(trialsOf(probes, 0));
  return unmodelled({ low: highestKept, high: lowestMissed });
}

interface Bounds {
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

function unmodelled({ low = Number.NaN, high = Number.NaN }: Bounds): Estimate {
  return { value: Number.NaN, low, high, level: Number.NaN };
}

function between(bounds: Bounds, seconds: number, ended: CapacityAnswer['ended']): CapacityAnswer {
  return { runsPerSecond: unmodelled(bounds), seconds, ended };
}

/** A longer run that was kept counts as a short one too, a short one that was missed as a longer one. */
function trialsOf(probes: readonly ProbeResult[], seconds: number): readonly ThresholdTrial[] {
  const longMissed = probes.filter(({ answer, seconds: lasted }) => answer === 'missed' && lasted >= seconds);
  const farBelow = Math.min(...longMissed.map(({ runsPerSecond }) => runsPerSecond)) / farFactor;
  return probes.flatMap(({ runsPerSecond, seconds: lasted, answer }) => {
    if (answer === 'discarded' || (answer === 'kept' && lasted < seconds && runsPerSecond > farBelow)) return [];
    return [{ level: runsPerSecond, kept: answer === 'kept' }];
  });
}

/** The lowest rate that was discarded as often as is no accident; undefined when a probe at such a rate, or a higher one, counted. */
function unreachableRate(probes: readonly ProbeResult[]): number | undefined {
  const counted = Math.max(0, ...probes.filter(({ answer }) => answer !== 'discarded').map(({ runsPerSecond }) => runsPerSecond));
  const discarded = probes.filter(({ answer, runsPerSecond }) => answer === 'discarded' && runsPerSecond > counted);
  const often = discarded.filter(
    (probe) => discarded.filter((other) => other.runsPerSecond === probe.runsPerSecond).length >= discardsAllowed,
  );
  return often.length === 0 ? undefined : Math.min(...often.map(({ runsPerSecond }) => runsPerSecond));
}

function boundsOf(trials: readonly ThresholdTrial[]): {
  readonly highestKept: number | undefined;
  readonly lowestMissed: number | undefined;
} {
  return { highestKept: highest(trials.filter(({ kept }) => kept)), lowestMissed: lowest(trials.filter(({ kept }) => !kept)) };
}

function highest(trials: readonly ThresholdTrial[]): number | undefined {
  return trials.length === 0 ? undefined : Math.max(...trials.map(({ level }) => level));
}

function lowest(trials: readonly ThresholdTrial[]): number | undefined {
  return trials.length === 0 ? undefined : Math.min(...trials.map(({ level }) => level));
}
