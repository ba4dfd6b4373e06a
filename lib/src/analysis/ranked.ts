import { type Extent, noExtent, widened, withoutNaN } from './extent.ts';
import { type NumberPieces, forEachPiece, piecesOf } from './number-pieces.ts';
import { selectRanks } from './select-ranks.ts';

/** Values without their NaNs, of which any rank can be asked for. */
export interface Ranked {
  readonly count: number;
  readonly sum: number;
  /** Infinity and -Infinity where there are none. */
  readonly min: number;
  readonly max: number;
  /** The values at these ranks (from 0, ascending) of the ascending values; NaN for a rank that there is none of. */
  readonly at: (ranks: readonly number[]) => readonly number[];
}

/**
 * Looks at `values` once, so that those by rank are known without sorting them all: equal to the bit to those of a sort.
 *
 * They are counted in buckets by their high bits, which are in the order of the values; `at` looks at them once more, for those in the
 * buckets that hold a wanted rank. None is kept.
 */
export function ranked(values: NumberPieces | Float64Array): Ranked {
  const pieces = values instanceof Float64Array ? piecesOf(values) : values;
  const bits = pieces.length < manyValues ? 14 : 20;
  const shift = 32 - bits;
  const counts = new Int32Array(1 << bits);
  let extent = noExtent;
  forEachPiece(pieces, (piece) => {
    let known = piece;
    let wider = widened(extent, known);
    if (Number.isNaN(wider.sum)) wider = widened(extent, (known = withoutNaN(piece)));
    extent = wider;
    countInBuckets(counts, wordsOf(known), shift);
  });
  const buckets = bucketsOf(counts, extent, shift);
  return { ...extent, at: (ranks) => atRanks(pieces, buckets, ranks) };
}

/** Pairs of words, of which the second is the upper one. */
function wordsOf(values: Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/**
 * Of fewer values than this sign, exponent and 2 bits of the mantissa make a bucket, so that few buckets have to be gone through; of more 8 bits, so
 * that few values are in the bucket of a rank.
 */
const manyValues = 100_000;

/** The bucket of a value by its upper word; those of larger values are larger, negative ones included. */
function bucketOf(upper: number, shift: number): number {
  return (upper ^ ((upper >> 31) | 0x80000000)) >>> shift;
}

function countInBuckets(counts: Int32Array, words: Int32Array, shift: number): void {
  for (let at = 1; at < words.length; at += 2) {
    const bucket = bucketOf(words[at] as number, shift);
    counts[bucket] = ((counts[bucket] as number) + 1) | 0;
  }
}

/** How many values there are in each bucket, from that of the least value to that of the largest. */
interface Buckets {
  readonly shift: number;
  readonly first: number;
  readonly counts: Int32Array;
}

function bucketsOf(counts: Int32Array, { count, min, max }: Extent, shift: number): Buckets {
  if (count === 0) return { shift, first: 0, counts: new Int32Array(0) };
  const [, least = 0, , largest = 0] = wordsOf(Float64Array.of(min, max));
  const first = bucketOf(least, shift);
  // A copy, so that the rest needs no memory.
  return { shift, first, counts: counts.slice(first, bucketOf(largest, shift) + 1) };
}

interface Place {
  /** As an index in the counts. */
  readonly bucket: number;
  /** Among the values of the bucket. */
  readonly rank: number;
}

function atRanks(pieces: NumberPieces, buckets: Buckets, ranks: readonly number[]): readonly number[] {
  const places = placesOf(buckets.counts, ranks);
  const wanted = [...new Set(places.map(({ bucket }) => bucket))].filter((bucket) => bucket >= 0);
  const parts = wanted.map((bucket) => new Float64Array(buckets.counts[bucket] ?? 0));
  collect(pieces, buckets, wanted, parts);
  const found = wanted.map((bucket, index) => {
    const own = places.filter((place) => place.bucket === bucket).map(({ rank }) => rank);
    return new Map(selectRanks(parts[index] ?? new Float64Array(0), own).map((value, place) => [own[place], value]));
  });
  return places.map(({ bucket, rank }) => found[wanted.indexOf(bucket)]?.get(rank) ?? Number.NaN);
}

/** The bucket that holds each rank; -1 for none. */
function placesOf(counts: Int32Array, ranks: readonly number[]): readonly Place[] {
  let bucket = 0;
  let before = 0;
  return ranks.map((rank) => {
    while (bucket < counts.length && before + (counts[bucket] as number) <= rank) before += counts[bucket++] as number;
    return bucket < counts.length ? { bucket, rank: rank - before } : { bucket: -1, rank: -1 };
  });
}

/** Fills each part with the values of its bucket. */
function collect(pieces: NumberPieces, { shift, first, counts }: Buckets, wanted: readonly number[], parts: readonly Float64Array[]): void {
  const partOf = new Uint8Array(counts.length);
  for (const [index, bucket] of wanted.entries()) partOf[bucket] = index + 1;
  const filled = new Int32Array(parts.length + 1);
  forEachPiece(pieces, (piece) => collectPiece(piece, wordsOf(piece), shift, first, partOf, parts, filled));
}

function collectPiece(
  piece: Float64Array,
  words: Int32Array,
  shift: number,
  first: number,
  partOf: Uint8Array,
  parts: readonly Float64Array[],
  filled: Int32Array,
): void {
  for (let index = 0; index < piece.length; index++) {
    // NaNs are beyond all buckets, or in that of an infinity.
    const part = partOf[bucketOf(words[2 * index + 1] as number, shift) - first];
    const value = piece[index] as number;
    if (part === undefined || part === 0 || Number.isNaN(value)) continue;
    (parts[part - 1] as Float64Array)[(filled[part] as number)++] = value;
  }
}
