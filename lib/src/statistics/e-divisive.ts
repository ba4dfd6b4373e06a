import { seededRandom } from '../random/seeded-random.ts';
import { largestSplit } from './energy-split.ts';

export interface DivisiveOptions {
  readonly seed: number;
  /** Default: 199. */
  readonly permutations?: number;
  /** A border is one at this p value or below. Default: 0.05. */
  readonly maxP?: number;
}

/**
 * Where the distribution of a series of independent values changes, in any way: indices of the first values after each border, ascending.
 *
 * E-divisive: Matteson and James (Journal of the American Statistical Association 109, 2014), section 2. The part of the series with
 * the largest energy distance is split as long as shuffling the values within the parts gives as large a one rarely. For short series
 * (hundreds: a permutation takes time by the square of the length); one that depends on its past, such as windows of one experiment, is
 * for `changePoints`.
 */
export function eDivisive(series: readonly number[], options: DivisiveOptions): readonly number[] {
  const { seed, permutations = 199, maxP = 0.05 } = options;
  const random = seededRandom(seed);
  const borders: number[] = [];
  for (;;) {
    const found = largestOfParts(series, borders);
    if (found === undefined) return borders;
    let asLarge = 1;
    for (let permutation = 0; permutation < permutations; permutation++) {
      const shuffled = partsOf(series, borders).flatMap(([start, end]) => shuffle(series.slice(start, end), random));
      if (largestOfParts(shuffled, borders)!.distance >= found.distance) asLarge += 1;
    }
    if (asLarge / (permutations + 1) > maxP) return borders;
    borders.push(found.index);
    borders.sort((one, other) => one - other);
  }
}

/** Start and end (exclusive) of what the borders divide a series into. */
export function partsOf(series: ArrayLike<number>, borders: readonly number[]): readonly (readonly [start: number, end: number])[] {
  return [0, ...borders].map((start, index) => [start, borders[index] ?? series.length] as const);
}

/** The largest split of any part; undefined when no part has two values. */
export function largestOfParts(series: ArrayLike<number>, borders: readonly number[]): ReturnType<typeof largestSplit> | undefined {
  return partsOf(series, borders)
    .filter(([start, end]) => end - start > 1)
    .map(([start, end]) => largestSplit(series, start, end))
    .reduce<ReturnType<typeof largestSplit> | undefined>(
      (best, split) => (best === undefined || split.distance > best.distance ? split : best),
      undefined,
    );
}

/** R. A. Fisher and F. Yates, as in Knuth, volume 2, algorithm 3.4.2P. */
function shuffle(values: number[], random: () => number): readonly number[] {
  for (let index = values.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [values[index], values[other]] = [values[other]!, values[index]!];
  }
  return values;
}
