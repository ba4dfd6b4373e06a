import { seededRandom } from '../random/seeded-random.ts';
import { percentileInterval } from './bootstrap.ts';
import type { Estimate } from './estimate.ts';
import { nonNegativeLeastSquares } from './non-negative-least-squares.ts';

/** One experiment at one size. */
export interface ScalingPoint {
  /** Of places, schedulers, hosts ...: above 0. */
  readonly size: number;
  /** Above 0, in any unit. */
  readonly throughput: number;
  /** How much it counts by, such as 1 over the square of its relative deviation. Default: 1. */
  readonly weight?: number;
}

/** Throughput(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)). */
export interface UniversalScalability {
  /** Throughput at size 1, in the unit of the points. */
  readonly lambda: Estimate;
  /** Contention: the share of the work that waits its turn. 0 or more. */
  readonly sigma: Estimate;
  /** Coherency: what each pair costs to be kept in agreement. 0 or more. */
  readonly kappa: Estimate;
  /** The size beyond which throughput falls, sqrt((1 - sigma) / kappa): Infinity when it does not. */
  readonly peakSize: Estimate;
  /** Standard deviation of throughput from the law, as a ratio: noise of the points and misfit of the law together. */
  readonly residualRatio: number;
  predict(size: number): number;
}

export interface UniversalScalabilityOptions {
  readonly seed: number;
  /** Default: 1,000. */
  readonly resamples?: number;
  /** Default: 0.95. */
  readonly level?: number;
}

/** 1, N - 1 and N (N - 1), times 1 / lambda, sigma / lambda and kappa / lambda: N / throughput. */
type Coefficients = readonly [number, number, number];

/**
 * The Universal Scalability Law for throughputs measured at several sizes.
 *
 * N. J. Gunther, "Guerrilla Capacity Planning" (2007), equation 4.31, scaled by lambda (Gunther, Puglia and Tomasette, "Hadoop
 * Superlinear Scalability", Communications of the ACM 58(4), 2015). Weighted least squares of the logarithm of throughput, whose noise is
 * by nature a share of it; with sigma and kappa of 0 or more. Intervals: resampled residuals of the experiments, scaled for the three
 * parameters (Davison and Hinkley, "Bootstrap Methods and their Application", 1997, section 6.2.3), so that misfit widens them too.
 *
 * Undefined with fewer than three sizes, or fewer than four experiments: three parameters would go through any of them.
 */
export function universalScalability(
  points: readonly ScalingPoint[],
  options: UniversalScalabilityOptions,
): UniversalScalability | undefined {
  if (new Set(points.map(({ size }) => size)).size < 3 || points.length < 4) return undefined;
  const { seed, resamples = 1000, level = 0.95 } = options;
  const fit = fitLogarithms(points);
  const residuals = points.map(({ size, throughput }) => Math.log(throughput / predicted(fit, size)));
  const scale = Math.sqrt(points.length / (points.length - 3));
  const random = seededRandom(seed);
  // A point of less weight has a wider residual: they are exchanged at the same weight.
  const roots = points.map(({ weight = 1 }) => Math.sqrt(weight));
  const fits = Array.from({ length: resamples }, () =>
    fitLogarithms(
      points.map((point, index) => {
        const drawn = Math.floor(random() * points.length);
        const residual = (residuals[drawn]! * roots[drawn]! * scale) / roots[index]!;
        return { ...point, throughput: predicted(fit, point.size) * Math.exp(residual) };
      }),
      fit,
    ),
  );
  const estimate = (of: (coefficients: Coefficients) => number): Estimate => ({
    value: of(fit),
    ...percentileInterval(fits.map(of), level),
  });
  return {
    lambda: estimate(([one]) => 1 / one),
    sigma: estimate(([one, contention]) => contention / one),
    kappa: estimate(([one, , coherency]) => coherency / one),
    peakSize: estimate(peakOf),
    residualRatio: Math.sqrt(residuals.reduce((sum, residual) => sum + residual ** 2, 0) / (points.length - 3)),
    predict: (size) => predicted(fit, size),
  };
}

/** Gauss and Newton's steps, each a linear least squares with bounds, from `start` or the fit of N / throughput, which is linear as it is. */
function fitLogarithms(points: readonly ScalingPoint[], start?: Coefficients): Coefficients {
  let fit = start;
  for (let step = 0; step < mostSteps; step++) {
    const rows = points.map(({ size, throughput, weight = 1 }) => {
      const root = Math.sqrt(weight);
      const terms = [1, size - 1, size * (size - 1)];
      // What N / throughput is now taken to be, and by how much its logarithm is off.
      const inverse = fit === undefined ? size / throughput : size / predicted(fit, size);
      const offset = Math.log(size / throughput / inverse);
      return { terms: terms.map((term) => (root * term) / inverse), value: root * (1 + offset) };
    });
    const [one = 0, contention = 0, coherency = 0] = nonNegativeLeastSquares(rows);
    const next: Coefficients = [one, contention, coherency];
    const isSettled = fit?.every((coefficient, index) => Math.abs(coefficient - next[index]!) <= 1e-9 * one);
    fit = next;
    if (isSettled === true) break;
  }
  return fit!;
}

/** It settles in about five, as the first is close. */
const mostSteps = 50;

function predicted([one, contention, coherency]: Coefficients, size: number): number {
  return size / (one + contention * (size - 1) + coherency * size * (size - 1));
}

function peakOf([one, contention, coherency]: Coefficients): number {
  if (contention >= one) return 1;
  return Math.max(1, Math.sqrt((one - contention) / coherency));
}
