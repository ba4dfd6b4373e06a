/**
 * A generator of uniform random numbers in [0, 1) with 53 random bits: the same seed gives the same numbers, everywhere and always.
 *
 * xoshiro128** with its state filled from the seed by splitmix32.
 */
export function seededRandom(seed: number): () => number {
  let mix = seed >>> 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let bits = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return bits ^ (bits >>> 15);
  };
  const next = xoshiro128([splitmix(), splitmix(), splitmix(), splitmix()]);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

/**
 * xoshiro128** 1.1: whole numbers from 0 to 2^32 - 1, period 2^128 - 1. Blackman and Vigna, "Scrambled Linear Pseudorandom
 * Number Generators" (ACM Transactions on Mathematical Software 47(4), 2021).
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}
