import { mean, variance } from 'd3-array';

/** Observations that make one batch: the 5 of MSER-5. */
export const batchSize = 5;

/**
 * Where a series that begins with a transient settles: how many of `batches` to leave out.
 *
 * MSER: the number that makes the squared standard error of the mean of the rest least, looked for in the first half
 * (K. P. White, "An Effective Truncation Heuristic for Bias Reduction in Simulation Output", SIMULATION 69(6), 1997; on means of five
 * observations as in White, Cobb and Spratt, "A Comparison of Five Steady-State Truncation Heuristics for Simulation", WSC 2000).
 * Undefined when that is half of them or more: then the series is too short to tell, or does not settle.
 */
export function mserTruncation(batches: readonly number[]): number | undefined {
  const half = Math.floor(batches.length / 2);
  let best = { truncation: 0, error: Infinity };
  const errors: number[] = [];
  // From the end, a batch at a time. Mean and sum of squared deviations are kept as B. P. Welford does (Technometrics 4(3), 1962): no
  // squares of large numbers that swallow small differences.
  let center = 0;
  let squaredDeviations = 0;
  for (let index = batches.length - 1; index >= 0; index--) {
    const count = batches.length - index;
    const deviation = (batches[index] ?? 0) - center;
    center += deviation / count;
    squaredDeviations += deviation * ((batches[index] ?? 0) - center);
    errors[index] = squaredDeviations / (count * count);
  }
  for (let truncation = 0; truncation <= half; truncation++) {
    const error = errors[truncation] ?? Infinity;
    // Rounding must not move the start of a series that is the same all along.
    if (error < best.error * (1 - 1e-9) - (1e-12 * center) ** 2) best = { truncation, error };
  }
  return best.truncation < half ? best.truncation : undefined;
}

/** Batches in a row that show that a series has come to where it settles. */
const settledBatches = 3;
/** Within this share of the mean, a batch is where the rest is, however little the rest varies. */
const settledRatio = 0.1;

/**
 * Where the transient at the start of a series ends: `mserTruncation`, or earlier, where three batches in a row are already like those
 * that it keeps (within three of their standard deviations, or a tenth, of their mean).
 *
 * MSER leaves out whatever is unlike the rest, as long as it is in the first half: also a stall in a series that had settled before.
 * That is no transient, and to leave it out would hide it.
 */
export function transientEnd(batches: readonly number[]): number | undefined {
  const truncation = mserTruncation(batches);
  if (truncation === undefined) return undefined;
  const rest = batches.slice(truncation);
  const center = mean(rest) ?? Number.NaN;
  const range = Math.max(3 * Math.sqrt(variance(rest) ?? 0), settledRatio * Math.abs(center));
  const isSettled = (batch: number): boolean => Math.abs((batches[batch] ?? Number.NaN) - center) <= range;
  for (let first = 0; first + settledBatches <= truncation; first++) {
    if (Array.from({ length: settledBatches }, (_, index) => first + index).every(isSettled)) return first;
  }
  return truncation;
}

/** Means of five observations each; what is left over at the end is left out. */
export function batchMeans(observations: readonly number[]): readonly number[] {
  return Array.from({ length: Math.floor(observations.length / batchSize) }, (_, batch) => {
    const values = observations.slice(batch * batchSize, (batch + 1) * batchSize);
    return values.reduce((sum, value) => sum + value, 0) / batchSize;
  });
}
