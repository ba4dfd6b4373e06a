import { quantileSorted } from 'd3-array';
import { seededRandom } from '../random/seeded-random.ts';
import type { Estimate, Interval } from './estimate.ts';
import { normalProbability, normalQuantile } from './normal.ts';

export interface BootstrapOptions {
  readonly seed: number;
  /** Default: 2,000. */
  readonly resamples?: number;
  /** Default: 0.95. */
  readonly level?: number;
  /** Bias-corrected and accelerated, or the plain percentiles of the resamples. Default: bca. */
  readonly method?: 'bca' | 'percentile';
}

/**
 * An interval for a statistic of `items` (experiments, not tasks: they must be independent), from resamples of them.
 *
 * Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 13 and 14. With fewer than 10 items it is too narrow,
 * whichever the method. Resamples of which the statistic is NaN are left out.
 */
export function bootstrapInterval<T>(items: readonly T[], statistic: (items: readonly T[]) => number, options: BootstrapOptions): Estimate {
  const { resamples = 2000, level = 0.95, method = 'bca' } = options;
  const random = seededRandom(options.seed);
  const value = statistic(items);
  const replicates = Array.from({ length: items.length > 0 ? resamples : 0 }, () =>
    statistic(items.map(() => items[Math.floor(random() * items.length)]!)),
  );
  if (method === 'percentile') return { value, ...percentileInterval(replicates, level) };
  return {
    value,
    ...bcaInterval(
      replicates,
      value,
      items.map((_, left) => statistic(items.filter((_item, index) => index !== left))),
      level,
    ),
  };
}

/** The percentile interval (Efron and Tibshirani 1993, 13.3): quantiles of the resamples' statistic. */
export function percentileInterval(replicates: readonly number[], level = 0.95): Interval {
  return between(replicates, (1 - level) / 2, (1 + level) / 2, level);
}

/**
 * The BCa interval: percentiles moved for the bias of the median of the resamples and for how the deviation of the statistic changes
 * with its value. Efron (Journal of the American Statistical Association 82, 1987); Efron and Tibshirani (1993), equations 14.9, 14.10,
 * 14.14 and 14.15, resamples equal to the value counted half.
 *
 * `value`: the statistic of all items; `leftOneOut`: without each of them.
 */
export function bcaInterval(replicates: readonly number[], value: number, leftOneOut: readonly number[], level = 0.95): Interval {
  const known = replicates.filter((replicate) => !Number.isNaN(replicate));
  const below = known.reduce((sum, replicate) => sum + (replicate < value ? 1 : replicate === value ? 0.5 : 0), 0) / known.length;
  const bias = normalQuantile(below);
  const center = leftOneOut.reduce((sum, one) => sum + one, 0) / leftOneOut.length;
  const squares = leftOneOut.reduce((sum, one) => sum + (center - one) ** 2, 0);
  const cubes = leftOneOut.reduce((sum, one) => sum + (center - one) ** 3, 0);
  // No spread: nothing to correct for.
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const moved = (tail: number): number => {
    const shifted = bias + normalQuantile(tail);
    return normalProbability(bias + shifted / (1 - acceleration * shifted));
  };
  return between(known, moved((1 - level) / 2), moved((1 + level) / 2), level);
}

function between(replicates: readonly number[], low: number, high: number, level: number): Interval {
  const sorted = Float64Array.from(replicates.filter((replicate) => !Number.isNaN(replicate))).sort();
  const at = (share: number): number => (Number.isNaN(share) ? Number.NaN : (quantileSorted(sorted, share) ?? Number.NaN));
  return { low: at(low), high: at(high), level };
}
