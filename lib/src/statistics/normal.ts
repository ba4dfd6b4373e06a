/**
 * Probability that a standard normal number is at most `z`; NaN for NaN.
 *
 * To 12 digits, in the far tail below too: the rational approximation of J. F. Hart et al., "Computer Approximations" (1968), no. 5666, as
 * in G. West, "Better Approximations to Cumulative Normal Functions" (Wilmott, May 2005), and Laplace's continued fraction from 3 on.
 */
export function normalProbability(z: number): number {
  const x = Math.abs(z);
  if (Number.isNaN(x)) return Number.NaN;
  const density = Math.exp((-x * x) / 2);
  const tail =
    x < 3 ? (density * polynomial(hartNumerator, x)) / polynomial(hartDenominator, x) : density / farFraction(x) / Math.sqrt(2 * Math.PI);
  return z > 0 ? 1 - tail : tail;
}

/**
 * The number that a standard normal one is below with probability `p`: -Infinity for 0, Infinity for 1, NaN outside of 0 to 1.
 *
 * M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution" (Applied Statistics 37(3), 1988), PPND16: 16 digits.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(centerNumerator, r)) / polynomial(centerDenominator, r);
  }
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const value =
    r <= 5
      ? polynomial(middleNumerator, r - 1.6) / polynomial(middleDenominator, r - 1.6)
      : polynomial(farNumerator, r - 5) / polynomial(farDenominator, r - 5);
  return q < 0 ? -value : value;
}

/** x + 1 / (x + 2 / (x + 3 / ...)), with as many terms as 3 needs. */
function farFraction(x: number): number {
  let fraction = x;
  for (let term = 40; term > 0; term--) fraction = x + term / fraction;
  return fraction;
}

/** Coefficients from the constant one up. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

const hartNumerator = [
  220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165, 0.700383064443688, 0.0352624965998911,
];
const hartDenominator = [
  440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207, 1.75566716318264,
  0.0883883476483184,
];
const centerNumerator = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
  2509.0809287301227,
];
const centerDenominator = [
  1.0, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
  5226.495278852854,
];
const middleNumerator = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
];
const middleDenominator = [
  1.0, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
  1.0507500716444169e-9,
];
const farNumerator = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
  2.7115555687434876e-5, 2.0103343992922881e-7,
];
const farDenominator = [
  1.0, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7,
  2.0442631033899397e-15,
];
