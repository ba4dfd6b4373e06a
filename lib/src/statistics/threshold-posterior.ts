import type { Estimate } from './estimate.ts';

/** One try at a level: was it kept, as it is below the threshold, or missed, as it is above? */
export interface ThresholdTrial {
  /** Above 0. */
  readonly level: number;
  readonly kept: boolean;
}

export interface ThresholdOptions {
  /** The threshold is somewhere in here, beforehand as likely in any part as in another of the same ratio. Above 0. */
  readonly low: number;
  readonly high: number;
  /** The probability of the interval. Default: 0.95. */
  readonly level?: number;
}

export interface ThresholdPosterior {
  /** The median, with its equal-tailed credible interval. */
  readonly threshold: Estimate;
  /** The level at which one more trial tells most about the threshold. */
  readonly nextLevel: number;
}

const thresholdCount = 400;
/** Ratios over which the answer turns from mostly kept to mostly missed: from a sharp edge to one blurred over a tenth. */
const spreads: readonly number[] = [0.003, 0.006, 0.012, 0.025, 0.05, 0.1];
/** A try that says the wrong thing for a reason of its own, a stall of the machine for instance. */
const lapseRatio = 0.02;
const lnOfThree = Math.log(3);

/**
 * Where is the threshold between levels that are kept and levels that are missed, when a try near it may go either way?
 *
 * Bayesian, on a grid: the probability of a miss grows with the logarithm of the level along a logistic curve with its middle at the
 * threshold; the threshold, and how blurred the edge is, are both unknown. The next level is that with the least expected entropy of the
 * threshold after it (the psi method: L. L. Kontsevich and C. W. Tyler, Vision Research 39(16), 1999; with its slope as a
 * parameter of no interest, N. Prins, Journal of Vision 13(7), 2013).
 */
export function thresholdPosterior(trials: readonly ThresholdTrial[], { low, high, level = 0.95 }: ThresholdOptions): ThresholdPosterior {
  const logs = Float64Array.from({ length: thresholdCount }, (_, index) => {
    const part = (index + 0.5) / thresholdCount;
    return Math.log(low) + part * (Math.log(high) - Math.log(low));
  });
  const weights = weightsAfter(trials, logs);
  const marginal = marginalOf(weights);
  const tail = (1 - level) / 2;
  return {
    threshold: {
      value: quantileOf(marginal, logs, 0.5),
      low: quantileOf(marginal, logs, tail),
      high: quantileOf(marginal, logs, 1 - tail),
      level,
    },
    nextLevel: Math.exp(mostTelling(weights, logs)),
  };
}

/** By spread and threshold, their sum 1. */
function weightsAfter(trials: readonly ThresholdTrial[], logs: Float64Array): readonly Float64Array[] {
  const logLikelihoods = spreads.map((spread) =>
    logs.map((threshold) => {
      let sum = 0;
      for (const { level, kept } of trials) {
        const missed = missProbability(Math.log(level), threshold, spread);
        sum += Math.log(kept ? 1 - missed : missed);
      }
      return sum;
    }),
  );
  const most = logLikelihoods.reduce((highest, row) => row.reduce((a, b) => Math.max(a, b), highest), Number.NEGATIVE_INFINITY);
  const likelihoods = logLikelihoods.map((row) => row.map((value) => Math.exp(value - most)));
  const total = likelihoods.reduce((sum, row) => row.reduce((a, b) => a + b, sum), 0);
  return likelihoods.map((row) => row.map((value) => value / total));
}

/** From three in four kept to three in four missed the level grows by the ratio `spread`. */
function missProbability(level: number, threshold: number, spread: number): number {
  const steepness = (2 * lnOfThree) / spread;
  return lapseRatio + (1 - 2 * lapseRatio) / (1 + Math.exp(-steepness * (level - threshold)));
}

/** The candidate, of the thresholds themselves, after which the entropy of the threshold is expected to be least. */
function mostTelling(weights: readonly Float64Array[], logs: Float64Array): number {
  const marginal = marginalOf(weights);
  // Outside of what is still likely nothing is to be learnt.
  const likely = [0.005, 0.995].map((part) => Math.log(quantileOf(marginal, logs, part))) as [number, number];
  const candidates = Array.from({ length: 41 }, (_, index) => likely[0] + (index / 40) * (likely[1] - likely[0]));
  let best = candidates[20]!;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const entropy = expectedEntropy(candidate, weights, logs);
    if (entropy < least) [least, best] = [entropy, candidate];
  }
  return best;
}

function expectedEntropy(candidate: number, weights: readonly Float64Array[], logs: Float64Array): number {
  const missed = new Float64Array(logs.length);
  const kept = new Float64Array(logs.length);
  weights.forEach((row, spreadIndex) => {
    const spread = spreads[spreadIndex]!;
    for (let index = 0; index < logs.length; index++) {
      const weight = row[index]!;
      if (weight < 1e-12) continue;
      const missProbabilityHere = missProbability(candidate, logs[index]!, spread);
      missed[index]! += weight * missProbabilityHere;
      kept[index]! += weight * (1 - missProbabilityHere);
    }
  });
  return weightedEntropy(missed) + weightedEntropy(kept);
}

/** The entropy of the parts, times their sum. */
function weightedEntropy(parts: Float64Array): number {
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.reduce((entropy, part) => (part > 0 ? entropy - part * Math.log(part / sum) : entropy), 0);
}

function marginalOf(weights: readonly Float64Array[]): Float64Array {
  const marginal = new Float64Array(thresholdCount);
  for (const row of weights) for (let index = 0; index < thresholdCount; index++) marginal[index]! += row[index]!;
  return marginal;
}

/** Inside a cell of the grid its weight is spread evenly. */
function quantileOf(marginal: Float64Array, logs: Float64Array, part: number): number {
  const width = logs[1]! - logs[0]!;
  let below = 0;
  for (let index = 0; index < marginal.length; index++) {
    const weight = marginal[index]!;
    if (below + weight >= part) return Math.exp(logs[index]! - width / 2 + (weight > 0 ? (part - below) / weight : 0.5) * width);
    below += weight;
  }
  return Math.exp(logs[logs.length - 1]! + width / 2);
}
