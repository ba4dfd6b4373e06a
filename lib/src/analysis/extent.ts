import { forEachPiece, piecesOf } from './number-pieces.ts';

/** Of numbers without their NaNs. */
export interface Extent {
  readonly count: number;
  readonly sum: number;
  /** Infinity and -Infinity where there are none. */
  readonly min: number;
  readonly max: number;
}

export const noExtent: Extent = { count: 0, sum: 0, min: Infinity, max: -Infinity };

export function extentOf(numbers: Float64Array): Extent {
  let extent = noExtent;
  forEachPiece(piecesOf(numbers), (piece) => {
    const wider = widened(extent, piece);
    extent = Number.isNaN(wider.sum) ? widened(extent, withoutNaN(piece)) : wider;
  });
  return extent;
}

/**
 * The extent with further numbers; its sum is NaN where one of them is, which says so in less time than a look at each (and where there are
 * infinities of both signs): then it has to be asked for again, `withoutNaN`.
 */
export function widened({ count, sum, min, max }: Extent, piece: Float64Array): Extent {
  for (let index = 0; index < piece.length; index++) {
    const value = piece[index] as number;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { count: count + piece.length, sum, min, max };
}

/** The same numbers, in a new array, but for those that are NaN. */
export function withoutNaN(numbers: Float64Array): Float64Array {
  const known = new Float64Array(numbers.length);
  let count = 0;
  for (let index = 0; index < numbers.length; index++) {
    const value = numbers[index] as number;
    if (!Number.isNaN(value)) known[count++] = value;
  }
  return known.subarray(0, count);
}
