import { quantile } from './distribution.ts';
import { changePenalty, changePoints } from '../statistics/change-points.ts';
import { pelt } from '../statistics/pelt.ts';
import type { RegimeSeries, RegimeWindows } from './regime-windows.ts';

/** A series that went over to another level: medians of the windows of the regimes on both sides. */
export interface SeriesChange extends Pick<RegimeSeries, 'kind' | 'subject'> {
  readonly before: number;
  readonly after: number;
}

/** Where one regime ends and the next begins. */
export interface Border {
  /** Of the first window after it. */
  readonly window: number;
  /** What changed there, throughput first. */
  readonly changes: readonly SeriesChange[];
}

/** Windows of a regime, at least: what is shorter is a peak or a pause. */
export const leastRegimeWindows = 5;
/** With fewer windows in all, an experiment is not looked at. */
export const leastWindows = 20;
/** Throughput and response time that change by less are the same; what they depend on may vary more. */
const leastRatio: Readonly<Record<RegimeSeries['kind'], number>> = { throughput: 0.25, 'response time': 0.25, CPU: 0.5, waits: 0.5 };

/** What is close to a border, in windows. */
const closeWindows = 8;

const kinds = Object.keys(leastRatio);

/**
 * The borders between regimes: where any of the series changes its level (`changePoints`), those that are close to each other as one: there, where
 * the most telling of them changes (throughput, response time, CPU, waits). What slowly rises or falls is cut
 * into levels by change points of the mean, which are no regimes: close to a border the level must change by as much, too.
 */
export function findBorders({ series, edgesMs }: Pick<RegimeWindows, 'series' | 'edgesMs'>): readonly Border[] {
  const windows = edgesMs.length - 1;
  if (windows < leastWindows) return [];
  const found = series.flatMap((one) => {
    const values = one.values.map((value) => value + one.floor);
    const minRatio = leastRatio[one.kind];
    return levelChanges(values, { minRatio, series: series.length })
      .filter((window) => jumpRatio(values, window) >= 1 + minRatio)
      .map((window) => ({ window, series: one }));
  });
  const rank = (one: RegimeSeries): number => kinds.indexOf(one.kind);
  // The most telling first: what is too close to one that stands already belongs to it.
  const borders = new Map<number, RegimeSeries[]>();
  for (const { window, series: one } of found.toSorted((a, b) => rank(a.series) - rank(b.series) || a.window - b.window)) {
    const nearest = [...borders.keys()].find((border) => Math.abs(border - window) < leastRegimeWindows);
    if (nearest !== undefined) borders.get(nearest)!.push(one);
    else if (window >= leastRegimeWindows && window <= windows - leastRegimeWindows) borders.set(window, [one]);
  }
  const places = [...borders.keys()].toSorted((one, other) => one - other);
  return places.map((window, position) => {
    const [from, to] = [places[position - 1] ?? 0, places[position + 1] ?? windows];
    const changes = [...new Set(borders.get(window))].map(({ kind, subject, values }) => {
      const [before, after] = [quantile(values.slice(from, window), 0.5), quantile(values.slice(window, to), 0.5)];
      return { kind, subject, before, after };
    });
    return { window, changes };
  });
}

/** A step of so many standard deviations of the noise from window to window is obvious. */
const obviousDeviations = 6;
/** Of series that do not vary: a step that is smaller than so many times this is none. Of logarithms. */
const leastNoise = 0.01;

/**
 * Where a series changes its level: where `changePoints` says so, which looks at ranks and so needs many windows on both sides, however large a change is;
 * and where the step is obvious: six times as large as the noise.
 *
 * Each of several series may change by chance: what a change must gain is raised by twice the logarithm of their number (Bonferroni, as the chance of a
 * gain falls with the exponential of its half). How often that is so in steady experiments: bench/regimes.ts.
 */
function levelChanges(
  values: Float64Array,
  { minRatio, series }: { readonly minRatio: number; readonly series: number },
): readonly number[] {
  const penalty = changePenalty(values.length) + 2 * Math.log(series);
  const certain = changePoints(values, { minLength: leastRegimeWindows, minRatio, penalty }).map(({ index }) => index);
  const obvious = obviousChanges(values).filter((window) => certain.every((border) => Math.abs(border - window) >= leastRegimeWindows));
  return [...certain, ...obvious].toSorted((one, other) => one - other);
}

/**
 * PELT for the mean of the logarithms themselves, of which running medians of five leave out single windows and keep steps. A step of the least size gains
 * enough between two of the shortest regimes.
 */
function obviousChanges(values: Float64Array): readonly number[] {
  const places = Array.from(values.keys()).filter((index) => (values[index] as number) > 0);
  const logs = Float64Array.from(places, (index) => Math.log(values[index] as number));
  if (logs.length < 2 * leastRegimeWindows) return [];
  const leastStep = obviousDeviations * Math.max(leastNoise, noiseOf(logs));
  const borders = pelt(runningMedians(logs), (leastRegimeWindows / 2) * leastStep ** 2, leastRegimeWindows);
  return borders
    .filter((border, position) => {
      const before = quantile(logs.slice(borders[position - 1] ?? 0, border), 0.5);
      const after = quantile(logs.slice(border, borders[position + 1] ?? logs.length), 0.5);
      return Math.abs(after - before) >= leastStep;
    })
    .map((border) => places[border] as number);
}

const medianReach = 2;

/** The medians of each value with its two neighbours on both sides, fewer at the ends. */
function runningMedians(values: Float64Array): Float64Array {
  return values.map((_, index) => quantile(values.slice(Math.max(0, index - medianReach), index + medianReach + 1), 0.5));
}

/** Values so many windows apart resemble each other little. */
const noiseWindows = 3;

/** Quantiles of the square of a standard normal number: what is known of the noise by them. */
const squareQuantiles = [
  [0.5, 0.4549],
  [0.75, 1.3233],
] as const;

/** The standard deviation of the noise, from differences between values some windows apart: by their median, or, where most are 0, by their third quartile. */
function noiseOf(logs: Float64Array): number {
  const squares = logs.subarray(noiseWindows).map((log, index) => (log - (logs[index] as number)) ** 2);
  const square = squareQuantiles.map(([p, ofNormal]) => quantile(squares, p) / ofNormal).find((each) => each > 0) ?? 0;
  return Math.sqrt(square / 2);
}

/** By how much the level differs close to a border, as a ratio of 1 or more. */
function jumpRatio(values: Float64Array, border: number): number {
  const before = quantile(values.slice(Math.max(0, border - closeWindows), border), 0.5);
  const after = quantile(values.slice(border, border + closeWindows), 0.5);
  return Math.max(before / after, after / before);
}

/** The levels of a series at the beginning and at the end of a regime: medians of the windows there. */
export function endLevels(values: Float64Array): readonly [first: number, last: number] {
  return [quantile(values.slice(0, closeWindows), 0.5), quantile(values.slice(-closeWindows), 0.5)];
}
