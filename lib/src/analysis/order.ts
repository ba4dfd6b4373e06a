/** Fewer values than this are sorted as they are: the buckets below cost more to look through. */
const fewValues = 20_000;

/** A sorted copy of `values` without NaNs. */
export function sortNumbers(values: ArrayLike<number>): Float64Array {
  const known = withoutNaN(values);
  if (isAscending(known)) return known;
  return known.length < fewValues ? known.sort() : (sortBySlots(known) ?? radixSort(known));
}

/**
 * The values at `ranks` (from 0, ascending) of the ascending `values`, NaNs left out, without sorting them all: equal to the bit to those
 * of a sort. NaN for a rank that there is none of.
 *
 * Values are counted by their high bits, which are in the order of the values; only the buckets that hold a wanted rank are sorted.
 */
export function atRanks(values: Float64Array, ranks: readonly number[]): readonly number[] {
  if (values.length < fewValues) {
    const sorted = sortNumbers(values);
    return ranks.map((rank) => sorted[rank] ?? Number.NaN);
  }
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const counts = new Uint32Array(1 << bucketBits);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    // NaN is not equal to itself.
    if (value === value) (counts[bucketOf(words[index * 2 + 1] as number)] as number)++;
  }
  const wanted = bucketsOf(counts, ranks);
  const parts = new Map(wanted.map(({ bucket }) => [bucket, new Float64Array(counts[bucket] ?? 0)]));
  collect(values, words, parts);
  const sorted = new Map([...parts].map(([bucket, part]) => [bucket, sortNumbers(part)]));
  return wanted.map(({ bucket, rank }) => sorted.get(bucket)?.[rank] ?? Number.NaN);
}

/** Sign, exponent and 8 bits of the mantissa. */
const bucketBits = 20;

/** The bucket of a value by its upper word; those of larger values are larger, negative ones included. */
function bucketOf(word: number): number {
  return (word < 0 ? ~word : word | 0x80000000) >>> (32 - bucketBits);
}

/** The bucket that holds each rank, and the rank among its values; -1 for none. */
function bucketsOf(counts: Uint32Array, ranks: readonly number[]): readonly { readonly bucket: number; readonly rank: number }[] {
  let bucket = 0;
  let before = 0;
  return ranks.map((rank) => {
    while (bucket < counts.length && before + (counts[bucket] as number) <= rank) before += counts[bucket++] as number;
    return bucket < counts.length ? { bucket, rank: rank - before } : { bucket: -1, rank: -1 };
  });
}

/** Fills each part with the values of its bucket. */
function collect(values: Float64Array, words: Int32Array, parts: ReadonlyMap<number, Float64Array>): void {
  const filled = new Uint32Array(parts.size);
  const partOf = new Uint8Array(1 << bucketBits);
  const list = [...parts.values()];
  for (const [index, bucket] of [...parts.keys()].entries()) if (bucket >= 0) partOf[bucket] = index + 1;
  for (let index = 0; index < values.length; index++) {
    const part = partOf[bucketOf(words[index * 2 + 1] as number)] as number;
    if (part === 0) continue;
    const value = values[index] as number;
    if (value === value) (list[part - 1] as Float64Array)[(filled[part - 1] as number)++] = value;
  }
}

function withoutNaN(values: ArrayLike<number>): Float64Array {
  const known = new Float64Array(values);
  let count = 0;
  for (let index = 0; index < known.length; index++) {
    const value = known[index] as number;
    if (value === value) known[count++] = value;
  }
  return known.subarray(0, count);
}

function isAscending(values: Float64Array): boolean {
  for (let index = 1; index < values.length; index++) {
    if (isAfter(values[index - 1] as number, values[index] as number)) return false;
  }
  return true;
}

const valuesPerSlot = 4;
/** So many values a slot, as the mean over the values, are sorted by insertion in less time than the passes of a radix sort take. */
const mostInSlot = 24;

/** Sorts values that are spread rather evenly, such as times: into slots of equal width, and by insertion within them. Undefined for others. */
function sortBySlots(values: Float64Array): Float64Array | undefined {
  let [least, most] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const slots = Math.ceil(values.length / valuesPerSlot);
  const scale = (slots - 1) / (most - least);
  if (!(scale > 0 && scale < Infinity)) return undefined;
  const starts = new Uint32Array(slots);
  for (let index = 0; index < values.length; index++) (starts[Math.trunc(((values[index] as number) - least) * scale)] as number)++;
  let squares = 0;
  for (let slot = 0, next = 0; slot < slots; slot++) {
    const count = starts[slot] as number;
    squares += count * count;
    starts[slot] = next;
    next += count;
  }
  if (squares > mostInSlot * values.length) return undefined;
  const sorted = new Float64Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    sorted[(starts[Math.trunc((value - least) * scale)] as number)++] = value;
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
    const key = shift < 22 ? (low >>> shift) & digitMask : shift === 22 ? (low >>> 22) | ((high & 1) << 10) : (high >>> (shift - 32)) & digitMask;
    const place = (starts[key] as number)++ * 2;
    to[place] = low;
    to[place + 1] = high;
  }
}
