/**
 * A generator of uniform random numbers in [0, 1) with 53 random bits: the same seed gives the same numbers, everywhere and always.
 *
 * xoshiro128** 1.1 of Blackman and Vigna ("Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021; period
 * 2^128 - 1), its state filled from the seed by splitmix32.
 */
export function seededRandom(seed: number): () => number {
  let mix = seed >>> 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let bits = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return bits ^ (bits >>> 15);
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  const next = (): number => {
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
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}
