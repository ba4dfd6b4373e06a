import { quantileSorted } from 'd3-array';
import { normalQuantile } from './normal.ts';
import { ranksOf } from './ranks.ts';

/** Where a series goes over to another level. */
export interface ChangePoint {
  /** Of the first value after it. */
  readonly index: number;
  /** Medians of the values back to the change before, and on to the next. */
  readonly before: number;
  readonly after: number;
}

export interface ChangePointOptions {
  /** Values between two changes, at least. Default: 5. */
  readonly minLength?: number;
  /** Changes by less, as a ratio of the medians' smaller one, are left out. Default: 0. */
  readonly minRatio?: number;
  /** What a change must gain. Default: `changePenalty` of the number of values. */
  readonly penalty?: number;
}

/**
 * Where the level of a long series of windows changes (throughput, latency, CPU of an experiment): ascending, none for a steady one.
 *
 * PELT (Killick, Fearnhead and Eckley, Journal of the American Statistical Association 107, 2012) for changes of the mean, of the values'
 * normal scores: so neither the scale, nor outliers, nor that a fast regime varies more than a slow one, matters. What a change must
 * gain is in units of the variance that the mean of many windows has (times their number), which is larger the more each window
 * resembles the one before. That resemblance is taken from differences over one and over two windows, which changes of level do not
 * move much (Chakar, Lebarbier, Levy-Leduc and Robin, "A robust approach for estimating change-points in the mean of an AR(1) process",
 * Bernoulli 23(2), 2017, equation 2.4; with a trimmed variance in place of their Q_n).
 *
 * Windows that are NaN are left out. A series that drifts gets several changes. Takes time by up to the square of the length: 0.1 s for
 * ten thousand.
 */
export function changePoints(series: ArrayLike<number>, options: ChangePointOptions = {}): readonly ChangePoint[] {
  const places = Array.from({ length: series.length }, (_, index) => index).filter((index) => !Number.isNaN(series[index]));
  const values = Float64Array.from(places, (place) => series[place]!);
  const { minLength = 5, minRatio = 0, penalty = changePenalty(values.length) } = options;
  if (values.length < 2 * minLength) return [];
  const scores = ranksOf(values).ranks.map((rank) => normalQuantile((rank - 0.5) / values.length));
  const variance = longRunVariance(scores);
  // All the same.
  if (variance === 0) return [];
  return largeEnough(values, pelt(scores, penalty * variance, minLength), minRatio).map((change) => {
    return { ...change, index: places[change.index]! };
  });
}

/** Of the sum of a steady series of normal scores, per value; from differences, so that changes of level count little. */
function longRunVariance(scores: Float64Array): number {
  const overOne = differenceVariance(scores, 1);
  if (overOne === 0) return 0;
  // 1 + rho is the ratio of both variances when each value is rho times the one before and noise.
  const resemblance = Math.min(mostResemblance, Math.max(0, differenceVariance(scores, 2) / overOne - 1));
  return (overOne * (1 + resemblance)) / (2 * (1 - resemblance) ** 2);
}

/** A series that resembles itself more than this wanders, and where it is has no level. */
const mostResemblance = 0.8;
const kept = 0.9;

/** Variance of the differences over so many places: of the nine tenths that are least, as a normal distribution has it. */
function differenceVariance(scores: Float64Array, over: number): number {
  const squares = scores.subarray(over).map((score, index) => (score - scores[index]!) ** 2);
  squares.sort();
  const count = Math.ceil(kept * squares.length);
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const limit = normalQuantile((1 + kept) / 2);
  const keptVariance = 1 - (2 * limit * Math.exp((-limit * limit) / 2)) / Math.sqrt(2 * Math.PI) / kept;
  const trimmed = sum(squares.subarray(0, count)) / count / keptVariance;
  // Most windows are the same (none did anything): then those that are not are all there is to go by.
  return trimmed > 0 ? trimmed : sum(squares) / squares.length;
}

/**
 * What a change must gain, so that at most 5 of 100 steady series of `count` windows get any: found by simulation (bench/change-penalty.ts),
 * for normal series of 20 to 2,500 windows, independent or each with 0.3 of the one before.
 */
export function changePenalty(count: number): number {
  return 9 + Math.log(count);
}

/** Borders that make the sum of squared deviations from the parts' means, plus `penalty` a border, least. */
function pelt(values: Float64Array, penalty: number, minLength: number): readonly number[] {
  const count = values.length;
  const sums = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) sums[index + 1] = sums[index]! + values[index]!;
  // By end: the least cost of all before it, and where its last part starts. A part costs what its mean takes off the sum of squares,
  // which is the same for all and left out.
  const least = new Float64Array(count + 1).fill(Infinity);
  least[0] = -penalty;
  const starts = new Uint32Array(count + 1);
  const candidates = new Uint32Array(count + 1);
  const totals = new Float64Array(count + 1);
  /** By start: from which end on it is not tried any more; 0 when it is. */
  const givenUp = new Uint32Array(count + 1);
  let tried = 0;
  for (let end = minLength; end <= count; end++) {
    candidates[tried++] = end - minLength;
    let best = Infinity;
    for (let index = 0; index < tried; index++) {
      const start = candidates[index]!;
      const sum = sums[end]! - sums[start]!;
      const total = least[start]! - (sum * sum) / (end - start);
      totals[index] = total;
      if (total < best) {
        best = total;
        starts[end] = start;
      }
    }
    least[end] = best + penalty;
    // Theorem 3.1 of the paper: where a start is worse than a border here, it is not the best of any end that a part from here may have.
    let left = 0;
    for (let index = 0; index < tried; index++) {
      const start = candidates[index]!;
      if (totals[index]! > least[end]! && givenUp[start] === 0) givenUp[start] = end + minLength;
      if (givenUp[start] === 0 || givenUp[start]! > end + 1) candidates[left++] = start;
    }
    tried = left;
  }
  const borders: number[] = [];
  for (let start = starts[count]!; start > 0; start = starts[start]!) borders.unshift(start);
  return borders;
}

/** Takes the least change away as long as it is too small. */
function largeEnough(values: Float64Array, found: readonly number[], minRatio: number): readonly ChangePoint[] {
  let borders = found;
  for (;;) {
    const medians = [0, ...borders].map((start, part) => quantileSorted(values.slice(start, borders[part]).sort(), 0.5)!);
    const changes = borders.map((index, part) => ({ index, before: medians[part]!, after: medians[part + 1]! }));
    const least = changes.reduce<ChangePoint | undefined>(
      (smallest, change) => (smallest === undefined || ratioOf(change) < ratioOf(smallest) ? change : smallest),
      undefined,
    );
    if (least === undefined || ratioOf(least) >= minRatio) return changes;
    borders = borders.filter((index) => index !== least.index);
  }
}

function ratioOf({ before, after }: ChangePoint): number {
  return Math.abs(after - before) / Math.min(Math.abs(before), Math.abs(after));
}
