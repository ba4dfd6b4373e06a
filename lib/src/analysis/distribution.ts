import { type NumberPieces } from './number-pieces.ts';
import { type Ranked, ranked } from './ranked.ts';
import { carries } from '../statistics/carries.ts';

/** Numbers in brief, in the unit of the numbers; all but `count` are NaN when there are none, percentiles also when there are too few. */
export interface Distribution {
  readonly count: number;
  readonly avg: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/**
 * Average, extremes and percentiles of `values`; NaNs are left out.
 *
 * Percentiles interpolate between the two nearest values: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages"
 * (The American Statistician, 1996), as PostgreSQL's percentile_cont, numpy and R do by default. One that the sample can't carry is NaN.
 */
export function distribution(values: ArrayLike<number> | NumberPieces): Distribution {
  const { count, sum, min, max, at } = ranked('piece' in values || values instanceof Float64Array ? values : new Float64Array(values));
  const quantiles = quantilesOf(count, at, [0.5, 0.9, 0.99, 0.999]);
  const [p50, p90, p99, p999] = quantiles.map(({ p, value }) => (carries(count, p) ? value : Number.NaN)) as [
    number,
    number,
    number,
    number,
  ];
  return { count, avg: sum / count, min: count > 0 ? min : Number.NaN, p50, p90, p99, p999, max: count > 0 ? max : Number.NaN };
}

/** One quantile of `values`, NaNs left out; NaN when there are none. */
export function quantile(values: Float64Array | NumberPieces, p: number): number {
  const { count, at } = ranked(values);
  return quantilesOf(count, at, [p])[0]?.value ?? Number.NaN;
}

/** Quantiles, p ascending, of `count` values that are known by rank. */
function quantilesOf(count: number, at: Ranked['at'], ps: readonly number[]): readonly { readonly p: number; readonly value: number }[] {
  const found = at(ps.flatMap((p) => [Math.floor((count - 1) * p), Math.ceil((count - 1) * p)]));
  return ps.map((p, index) => {
    const rank = (count - 1) * p;
    const [low = Number.NaN, high = Number.NaN] = [found[2 * index], found[2 * index + 1]];
    return { p, value: low + (high - low) * (rank - Math.floor(rank)) };
  });
}
