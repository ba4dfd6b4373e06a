/** Fewer values than this are sorted as they are: the buckets below cost more to look through. */
const fewValues = 20_000;

/** `values` in order, NaNs left out: themselves where they are in order already, so not to be written to. */
export function sortNumbers(values: ArrayLike<number>): Float64Array {
  const numbers = values instanceof Float64Array ? values : new Float64Array(values);
  const { count, min, max, isAscending } = extentOf(numbers);
  if (isAscending && count === numbers.length) return numbers;
  const slots = count < fewValues ? undefined : sortBySlots(numbers, count, min, max);
  if (slots) return slots;
  const known = withoutNaN(numbers, count);
  return count < fewValues ? known.sort() : radixSort(known);
}

interface Extent {
  /** Of those that are no NaN, like the rest. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly isAscending: boolean;
}

function extentOf(values: Float64Array): Extent {
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  let before = -Infinity;
  let isAscending = true;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    count++;
    if (value < min) min = value;
    if (value > max) max = value;
    // Zeros may be of either sign, which a sort tells apart.
    if (value < before || (value === 0 && before === 0)) isAscending = false;
    before = value;
  }
  return { count, min, max, isAscending };
}

function withoutNaN(values: Float64Array, count: number): Float64Array {
  const known = new Float64Array(count);
  let next = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) known[next++] = value;
  }
  return known;
}

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
 * Looks at `values` once, so that their values by rank are known without sorting them all: equal to the bit to those of a sort.
 *
 * Values are counted by their high bits, which are in the order of the values; only the buckets that hold a wanted rank are looked into.
 */
export function ranked(values: Float64Array): Ranked {
  const isFew = values.length < fewValues;
  const counts = isFew ? new Uint32Array(0) : new Uint32Array(1 << bucketBits);
  const words = new Int32Array(values.buffer, values.byteOffset, isFew ? 0 : values.length * 2);
  let count = 0;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (!isFew) (counts[bucketOf(words[index * 2 + 1] as number)] as number)++;
  }
  const at = (ranks: readonly number[]): readonly number[] =>
    isFew ? selectInPlace(withoutNaN(values, count), ranks) : atRanks(values, words, counts, ranks);
  return { count, sum, min, max, at };
}

interface Place {
  readonly bucket: number;
  /** Among the values of the bucket. */
  readonly rank: number;
}

function atRanks(values: Float64Array, words: Int32Array, counts: Uint32Array, ranks: readonly number[]): readonly number[] {
  const places = placesOf(counts, ranks);
  const buckets = [...new Set(places.map(({ bucket }) => bucket))].filter((bucket) => bucket >= 0);
  const parts = buckets.map((bucket) => new Float64Array(counts[bucket] ?? 0));
  collect(values, words, buckets, parts);
  const found = buckets.map((bucket, index) => {
    const own = places.filter((place) => place.bucket === bucket).map(({ rank }) => rank);
    return new Map(selectInPlace(parts[index] ?? new Float64Array(0), own).map((value, place) => [own[place], value]));
  });
  return places.map(({ bucket, rank }) => found[buckets.indexOf(bucket)]?.get(rank) ?? Number.NaN);
}

/** Sign, exponent and 4 bits of the mantissa: so few that the counts stay in the processor's cache. */
const bucketBits = 16;

/** The bucket of a value by its upper word; those of larger values are larger, negative ones included. */
function bucketOf(word: number): number {
  return (word < 0 ? ~word : word | 0x80000000) >>> (32 - bucketBits);
}

/** The bucket that holds each rank; -1 for none. */
function placesOf(counts: Uint32Array, ranks: readonly number[]): readonly Place[] {
  let bucket = 0;
  let before = 0;
  return ranks.map((rank) => {
    while (bucket < counts.length && before + (counts[bucket] as number) <= rank) before += counts[bucket++] as number;
    return bucket < counts.length ? { bucket, rank: rank - before } : { bucket: -1, rank: -1 };
  });
}

/** Fills each part with the values of its bucket. */
function collect(values: Float64Array, words: Int32Array, buckets: readonly number[], parts: readonly Float64Array[]): void {
  const partOf = new Uint8Array(1 << bucketBits);
  for (const [index, bucket] of buckets.entries()) partOf[bucket] = index + 1;
  const filled = parts.map(() => 0);
  for (let index = 0; index < values.length; index++) {
    const part = partOf[bucketOf(words[index * 2 + 1] as number)] as number;
    if (part === 0) continue;
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    (parts[part - 1] as Float64Array)[filled[part - 1] as number] = value;
    (filled[part - 1] as number)++;
  }
}

/** The same for few values, none of them NaN: C. A. R. Hoare's quickselect, each rank in what the one before left above it. Reorders `values`. */
function selectInPlace(values: Float64Array, ranks: readonly number[]): readonly number[] {
  let from = 0;
  return ranks.map((rank) => {
    if (!(rank >= 0 && rank < values.length)) return Number.NaN;
    partitionAt(values, rank, Math.min(from, rank));
    from = rank;
    const value = values[rank] as number;
    return value === 0 ? zeroAt(values, rank) : value;
  });
}

/** Puts the value of `rank` in its place, none larger before it and none smaller after it; all before `from` are in theirs. */
function partitionAt(values: Float64Array, rank: number, from: number): void {
  let [low, high] = [from, values.length - 1];
  while (low < high) {
    const pivot = medianOfThree(values[low] as number, values[(low + high) >>> 1] as number, values[high] as number);
    let [left, right] = [low, high];
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left > right) break;
      const value = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = value;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else return;
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** A sort puts -0 before 0, which are equal to everything else. */
function zeroAt(values: Float64Array, rank: number): number {
  let before = 0;
  for (const value of values) if (value < 0 || Object.is(value, -0)) before++;
  return rank < before ? -0 : 0;
}

const valuesPerSlot = 4;
/** So many values a slot, as the mean over the values, are sorted by insertion in less time than the passes of a radix sort take. */
const mostInSlot = 24;

/** Sorts values that are spread rather evenly, such as times: into slots of equal width, and by insertion within them. Undefined for others. */
function sortBySlots(values: Float64Array, known: number, least: number, most: number): Float64Array | undefined {
  const slots = Math.ceil(known / valuesPerSlot);
  const scale = (slots - 1) / (most - least);
  if (!(scale > 0 && scale < Infinity)) return undefined;
  const starts = new Uint32Array(slots);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) (starts[Math.trunc((value - least) * scale)] as number)++;
  }
  let squares = 0;
  for (let slot = 0, next = 0; slot < slots; slot++) {
    const count = starts[slot] as number;
    squares += count * count;
    starts[slot] = next;
    next += count;
  }
  if (squares > mostInSlot * known) return undefined;
  const sorted = new Float64Array(known);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) sorted[(starts[Math.trunc((value - least) * scale)] as number)++] = value;
  }
  for (let index = 1; index < sorted.length; index++) {
    const value = sorted[index] as number;
    let place = index;
    while (place > 0 && isAfter(sorted[place - 1] as number, value)) sorted[place] = sorted[--place] as number;
    sorted[place] = value;
  }
  return sorted;
}

/** In the order of a sort, which puts -0 before 0. */
function isAfter(one: number, other: number): boolean {
  return one > other || (one === 0 && other === 0 && Object.is(other, -0) && !Object.is(one, -0));
}

const digitBits = 11;
const digitMask = (1 << digitBits) - 1;
/** Digits of 64 bits: five of 11, one of 9. */
const digits = 6;

/** Sorts in place, a digit at a time from the lowest: as fast for every distribution. Takes as much memory again. */
function radixSort(values: Float64Array): Float64Array {
  const length = values.length;
  let words: Uint32Array = new Uint32Array(values.buffer, values.byteOffset, length * 2);
  const counts = new Uint32Array(digits << digitBits);
  for (let at = 0; at < length * 2; at += 2) {
    let low = words[at] as number;
    let high = words[at + 1] as number;
    // As unsigned whole numbers in the order of the values: the sign turned, of negative ones all bits.
    const turned = -(high >>> 31);
    words[at] = low = (low ^ turned) >>> 0;
    words[at + 1] = high = (high ^ (turned | 0x80000000)) >>> 0;
    (counts[low & digitMask] as number)++;
    (counts[(1 << digitBits) | ((low >>> 11) & digitMask)] as number)++;
    (counts[(2 << digitBits) | (low >>> 22) | ((high & 1) << 10)] as number)++;
    (counts[(3 << digitBits) | ((high >>> 1) & digitMask)] as number)++;
    (counts[(4 << digitBits) | ((high >>> 12) & digitMask)] as number)++;
    (counts[(5 << digitBits) | (high >>> 23)] as number)++;
  }
  let other: Uint32Array = new Uint32Array(length * 2);
  for (let digit = 0; digit < digits; digit++) {
    const starts = counts.subarray(digit << digitBits, (digit + 1) << digitBits);
    // All values have the same digit.
    if (starts.includes(length)) continue;
    for (let key = 0, next = 0; key < starts.length; key++) {
      const count = starts[key] as number;
      starts[key] = next;
      next += count;
    }
    scatter(words, other, starts, digit);
    [words, other] = [other, words];
  }
  for (let at = 0; at < length * 2; at += 2) {
    const high = words[at + 1] as number;
    const turned = -(~high >>> 31);
    words[at] = ((words[at] as number) ^ turned) >>> 0;
    words[at + 1] = (high ^ (turned | 0x80000000)) >>> 0;
  }
  return new Float64Array(words.buffer as ArrayBuffer, words.byteOffset, length);
}

function scatter(from: Uint32Array, to: Uint32Array, starts: Uint32Array, digit: number): void {
  const shift = digitBits * digit;
  for (let at = 0; at < from.length; at += 2) {
    const low = from[at] as number;
    const high = from[at + 1] as number;
    const key =
      shift < 22 ? (low >>> shift) & digitMask : shift === 22 ? (low >>> 22) | ((high & 1) << 10) : (high >>> (shift - 32)) & digitMask;
    const place = (starts[key] as number)++ * 2;
    to[place] = low;
    to[place + 1] = high;
  }
}
