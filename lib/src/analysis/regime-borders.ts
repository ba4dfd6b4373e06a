import { quantile } from './distribution.ts';
import { changePoints } from '../statistics/change-points.ts';
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
 *
 * That there are several series, each with its chance to change by chance, is made up for by the least ratios (bench/regimes.ts).
 */
export function findBorders({ series, edgesMs }: Pick<RegimeWindows, 'series' | 'edgesMs'>): readonly Border[] {
  const windows = edgesMs.length - 1;
  if (windows < leastWindows) return [];
  const found = series.flatMap((one) => {
    const values = one.values.map((value) => value + one.floor);
    const minRatio = leastRatio[one.kind];
    return changePoints(values, { minLength: leastRegimeWindows, minRatio })
      .filter(({ index }) => jumpRatio(values, index) >= 1 + minRatio)
      .map(({ index }) => ({ window: index, series: one }));
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
