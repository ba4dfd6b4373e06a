import { bisectRight } from 'd3-array';

export interface EcdfPoint {
  readonly value: number;
  /** Share of the values that are at most `value`, in (0, 1]. */
  readonly shareRatio: number;
}

/**
 * The empirical distribution function of `sorted` (ascending, no NaN): at each value, the share of values that are at most it.
 *
 * With more distinct values than `maxPoints` (default 400) it is thinned: half of the points at even shares, half at even steps of
 * log(1 - share), so that the tail up to the maximum keeps its shape. Every point kept is exact; the first is the minimum, the last the maximum.
 */
export function ecdf(sorted: Float64Array, options: { readonly maxPoints?: number } = {}): readonly EcdfPoint[] {
  const { maxPoints = 400 } = options;
  const count = sorted.length;
  const points: EcdfPoint[] = [];
  for (const rank of keptRanks(count, maxPoints)) {
    const value = sorted[rank - 1] ?? Number.NaN;
    // Of equal values only the last one's share is the function's value.
    if (points.at(-1)?.value !== value) points.push({ value, shareRatio: bisectRight(sorted, value) / count });
  }
  return points;
}

/** 1-based ranks, ascending and unique. */
function keptRanks(count: number, maxPoints: number): readonly number[] {
  if (count <= maxPoints) return Array.from({ length: count }, (_, index) => index + 1);
  const ranks = new Set<number>([1, count]);
  const half = Math.max(1, Math.floor((maxPoints - 2) / 2));
  for (let step = 1; step <= half; step++) {
    ranks.add(Math.max(1, Math.round((step / half) * count)));
    ranks.add(Math.max(1, Math.round(count * (1 - count ** -(step / half)))));
  }
  return [...ranks].sort((a, b) => a - b);
}
