const digitBits = 11;
const digitMask = (1 << digitBits) - 1;
/** Digits of 64 bits: five of 11, one of 9. */
const digits = 6;

/** Sorts in place, a digit at a time from the lowest: as fast for every distribution. Takes as much memory again. */
export function radixSort(values: Float64Array): Float64Array {
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
