import { quantileSorted } from 'd3-array';
import { carries } from '../statistics/carries.ts';

export interface Percentile {
  readonly percentile: 'p50' | 'p90' | 'p99';
  readonly seconds: number;
}

/** Those that so many values can carry. */
export function percentilesOf(sorted: Float64Array): readonly Percentile[] {
  const at = (p: number): number => Number((quantileSorted(sorted, p) ?? Number.NaN).toPrecision(4));
  return (
    [
      ['p50', 0.5],
      ['p90', 0.9],
      ['p99', 0.99],
    ] as const
  )
    .filter(([, p]) => carries(sorted.length, p))
    .map(([percentile, p]) => ({ percentile, seconds: at(p) }));
}
