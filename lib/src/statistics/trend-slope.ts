import { studentReach } from './incomplete-beta.ts';
import type { Estimate } from './estimate.ts';

/** Waves that the noise is taken from. By simulation (bench/growth.ts): with fewer the interval is wider, with more what wanders slowly is missed. */
const waves = 4;
/** Of the line's share of the series: less is rounding. */
const roundingRatio = 1e-9;

/**
 * The slope of a series whose values resemble each other for an unknown time, by least squares.
 *
 * What noise does to a slope is seen in the waves that are next to a line in slowness: each is a weight for the series that a line and a
 * constant add nothing to, and what it finds is noise of about the frequency that shifts the slope. The interval is that of Student's t
 * with as many degrees of freedom as waves, so it is honest about how little a short series says of slow noise: Y. Sun, "Robust trend
 * inference with series variance estimator and testing-optimal smoothing parameter", Journal of Econometrics 164(2), 2011; with cosines, as
 * in U. K. Müller, Journal of Econometrics 141(2), 2007, and E. Lazarus, D. J. Lewis, J. H. Stock and M. W. Watson, Journal of Business &
 * Economic Statistics 36(4), 2018. Noise that wanders for more than about a tenth of the series makes it too narrow.
 *
 * `x` ascends, evenly spaced but for what is missing; at least 8 values.
 */
export function trendSlope(x: ArrayLike<number>, y: ArrayLike<number>, level = 0.95): Estimate {
  const count = x.length;
  if (count < 2 * waves) throw new RangeError(`expected at least ${2 * waves} values, got ${count}`);
  const from = x[0]!;
  const length = x[count - 1]! - from;
  const share = Array.from(x, (at) => (at - from) / length);
  const [, line = [], ...rest] = orthonormal([
    share.map(() => 1),
    share,
    // One that goes through half a wave is nearly the line itself.
    ...Array.from({ length: waves }, (_, wave) => share.map((at) => Math.cos(Math.PI * (wave + 2) * at))),
  ]);
  // Less its mean, which the weights take out anyway: large numbers would leave their rounding.
  const mean = Array.from(y).reduce((sum, value) => sum + value, 0) / count;
  const centred = Array.from(y, (value) => value - mean);
  const ofLine = dot(line, centred);
  const found = rest.map((wave) => dot(wave, centred)).map((amount) => (Math.abs(amount) > roundingRatio * Math.abs(ofLine) ? amount : 0));
  /** What the line's weights find in a series that rises by 1 for each 1 of `x`. */
  const unit = length * dot(line, share);
  const value = ofLine / unit;
  const reach = (studentReach(level, waves) * rootMeanSquare(found)) / unit;
  return { value, low: value - reach, high: value + reach, level };
}

/** Gram and Schmidt's, in order. */
function orthonormal(vectors: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const done: (readonly number[])[] = [];
  for (const vector of vectors) {
    let rest = vector;
    // Twice, as rounding leaves a little the first time.
    for (const other of [...done, ...done]) {
      const amount = dot(rest, other);
      rest = rest.map((value, index) => value - amount * other[index]!);
    }
    const norm = Math.sqrt(dot(rest, rest));
    done.push(rest.map((value) => value / norm));
  }
  return done;
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * other[index]!, 0);
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(dot(values, values) / values.length);
}
