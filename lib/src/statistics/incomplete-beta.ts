/**
 * The regularized incomplete beta function I_x(a, b), for a and b above 0 and x from 0 to 1: 10 digits, 7 where a or b is in the millions.
 *
 * The continued fraction of NIST's Digital Library of Mathematical Functions, 8.17.22, evaluated as W. J. Lentz does (Applied Optics
 * 15(3), 1976), on the side where it converges fast.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  return front / betaFraction(x, a, b);
}

/** Two-sided p value of Student's t: the probability of a value further from 0 than `t`, with `freedom` degrees of freedom. */
export function studentTwoSided(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** How far from 0 a value of Student's t with `freedom` degrees of freedom lies at most with the probability `level`: 2.776 for 0.95 and 4. */
export function studentReach(level: number, freedom: number): number {
  let low = 0;
  let high = 1;
  while (studentTwoSided(high, freedom) > 1 - level) high *= 2;
  // To the last digit.
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentTwoSided(middle, freedom) > 1 - level) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most `successes` in `trials` with the probability `p` each (DLMF 8.17.5). */
export function binomialProbability(successes: number, trials: number, p: number): number {
  if (successes < 0) return 0;
  if (successes >= trials) return 1;
  return incompleteBeta(1 - p, trials - successes, successes + 1);
}

/** More than any argument here takes: it needs some multiple of the root of the larger of a and b. */
const mostTerms = 100_000;

function betaFraction(x: number, a: number, b: number): number {
  // What stands for a zero, so that the next division is defined.
  const tiny = 1e-300;
  let fraction = 1;
  let above = 1;
  let below = 0;
  for (let term = 1; term <= mostTerms; term++) {
    const m = term >> 1;
    const coefficient =
      term % 2 === 0 ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)) : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    below = 1 / (1 + coefficient * below || tiny);
    above = 1 + coefficient / above || tiny;
    const change = above * below;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}

/** C. Lanczos (SIAM Journal on Numerical Analysis 1, 1964), with g = 7 and nine terms; for x above 0. */
function logGamma(x: number): number {
  const shifted = x - 1;
  const sum = lanczos.reduce((total, coefficient, index) => total + (index === 0 ? coefficient : coefficient / (shifted + index)), 0);
  const base = shifted + 7.5;
  return Math.log(2 * Math.PI) / 2 + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

const lanczos = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];
