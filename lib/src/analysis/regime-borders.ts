import { quantile } from './distribution.ts';
import { changePenalty, changePoints } from '../statistics/change-points.ts';
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

/** What a change must gain that is obvious by its size: so much less than others. */
const obviousReduction = 8;
/** And how large it must be, in standard deviations of the noise from window to window. */
const obviousDeviations = 8;

/**
 * Where a series changes its level: where `changePoints` says so, which looks at ranks and so needs many windows on both sides, however large a change is;
 * otherwise where it would say so of less evidence, and the step is eight times as large as the noise (of logarithms, from the differences of neighbours).
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
  const leastStep = obviousDeviations * noiseOf(values);
  const obvious = changePoints(values, {
    minLength: leastRegimeWindows,
    minRatio,
    penalty: changePenalty(values.length) - obviousReduction,
  })
    .filter(({ before, after }) => Math.abs(Math.log(after / before)) >= leastStep)
    .map(({ index }) => index)
    .filter((index) => certain.every((border) => Math.abs(border - index) >= leastRegimeWindows));
  return [...certain, ...obvious].toSorted((one, other) => one - other);
}

/** The standard deviation of the noise of the logarithms, from differences of neighbours: by their median, where most are not 0. */
function noiseOf(values: Float64Array): number {
  const logs = values.filter((value) => value > 0).map(Math.log);
  const squares = logs.subarray(1).map((log, index) => (log - (logs[index] as number)) ** 2);
  const middle = quantile(squares, 0.5);
  // Of a normal distribution: the median of the squares is 0.4549 of their mean.
  const square = middle > 0 ? middle / 0.4549 : squares.reduce((sum, each) => sum + each, 0) / squares.length;
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
