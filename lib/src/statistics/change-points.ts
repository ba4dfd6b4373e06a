import { quantileSorted } from 'd3-array';
import { normalQuantile } from './normal.ts';
import { pelt } from './pelt.ts';
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
 * Bernoulli 23(2), 2017; with a trimmed variance in place of their Q_n).
 *
 * Windows that are NaN are left out. A series that drifts, or slowly goes up and down, gets several changes. Takes time by up to the
 * square of the length: about half a second for ten thousand.
 */
export function changePoints(series: ArrayLike<number>, options: ChangePointOptions = {}): readonly ChangePoint[] {
  const places = Array.from({ length: series.length }, (_, index) => index).filter((index) => !Number.isNaN(series[index]));
  const values = Float64Array.from(places, (place) => series[place]!);
  const { minLength = 5, minRatio = 0, penalty = changePenalty(values.length) } = options;
  if (values.length < 2 * minLength) return [];
  const scores = normalScores(values);
  const variance = longRunVariance(scores);
  // All the same.
  if (variance === 0) return [];
  const borders = refined(values, confirmed(values, pelt(scores, penalty * variance, minLength), options.penalty), minLength);
  return largeEnough(values, borders, minRatio).map((change) => {
    return { ...change, index: places[change.index]! };
  });
}

/** What values of the same ranks from a standard normal distribution would be, each in the middle of its share. */
function normalScores(values: Float64Array): Float64Array {
  return ranksOf(values).ranks.map((rank) => normalQuantile((rank - 0.5) / values.length));
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
/** The share of differences that is looked at: changes of level are among the rest. */
const kept = 0.9;

/**
 * Variance of the differences over so many places: of the nine tenths that are least, as a normal distribution has it. Of all when most of
 * them are 0: those of a series that mostly stands still (windows in which nothing ended) are far from normal.
 */
function differenceVariance(scores: Float64Array, over: number): number {
  const squares = scores.subarray(over).map((score, index) => (score - scores[index]!) ** 2);
  squares.sort();
  const meanOf = (values: Float64Array): number => values.reduce((total, value) => total + value, 0) / values.length;
  if (squares[Math.floor(squares.length / 2)] === 0) return meanOf(squares);
  const limit = normalQuantile((1 + kept) / 2);
  const keptVariance = 1 - (2 * limit * Math.exp((-limit * limit) / 2)) / Math.sqrt(2 * Math.PI) / kept;
  return meanOf(squares.subarray(0, Math.ceil(kept * squares.length))) / keptVariance;
}

/**
 * What a change must gain in a steady series of `count` windows, so that at most 5 of 100 get any: by simulation (bench/change-penalty.ts) of
 * normal series of 20 to 1,000 windows. There, at most 3 of 100 had one when each window was noise or 0.3 of the one before and noise, and
 * 5 at 0.6.
 */
export function changePenalty(count: number): number {
  return 11 + Math.log(count);
}

/**
 * Leaves out, the weakest first, borders that do not gain enough when nothing but the two parts next to them is looked at: in the ranks of
 * all values, some regimes vary more than others.
 */
function confirmed(values: Float64Array, found: readonly number[], penalty: number | undefined): readonly number[] {
  let borders = found;
  for (;;) {
    const shares = borders.map((border, position) => {
      const start = borders[position - 1] ?? 0;
      const part = values.subarray(start, borders[position + 1] ?? values.length);
      return gainOf(normalScores(part), border - start) / (penalty ?? changePenalty(part.length));
    });
    const least = Math.min(...shares);
    if (!(least < 1)) return borders;
    borders = borders.toSpliced(shares.indexOf(least), 1);
  }
}

/** By how much a border makes the sum of squared deviations less, in units of the long-run variance. */
function gainOf(scores: Float64Array, border: number): number {
  const sum = (part: Float64Array): number => part.reduce((total, score) => total + score, 0);
  const before = sum(scores.subarray(0, border));
  const after = sum(scores.subarray(border));
  const variance = longRunVariance(scores);
  const gain = before ** 2 / border + after ** 2 / (scores.length - border) - (before + after) ** 2 / scores.length;
  return variance > 0 ? gain / variance : 0;
}

/**
 * Moves each border to where the values next to it are nearest to the medians of their sides: ranks, which tell that there is a border,
 * hold values at the end of their regime to be closer to the other than they are.
 */
function refined(values: Float64Array, borders: readonly number[], minLength: number): readonly number[] {
  return borders.map((border, position) => {
    const start = borders[position - 1] ?? 0;
    const end = borders[position + 1] ?? values.length;
    const before = medianOf(values, start, border);
    const after = medianOf(values, border, end);
    let best = { border, cost: 0 };
    for (const step of [-1, 1]) {
      let cost = 0;
      for (let moved = border; Math.abs(moved - border) < minLength - 1; moved += step) {
        const value = values[step < 0 ? moved - 1 : moved];
        if (value === undefined) break;
        // What it costs to have this value on the other side.
        cost += step * (Math.abs(value - before) - Math.abs(value - after));
        if (cost < best.cost) best = { border: moved + step, cost };
      }
    }
    return best.border;
  });
}

function medianOf(values: Float64Array, start: number, end: number): number {
  return quantileSorted(values.slice(start, end).sort(), 0.5)!;
}

/** Takes the least change away as long as it is too small. */
function largeEnough(values: Float64Array, found: readonly number[], minRatio: number): readonly ChangePoint[] {
  let borders = found;
  for (;;) {
    const medians = [0, ...borders].map((start, part) => medianOf(values, start, borders[part] ?? values.length));
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
