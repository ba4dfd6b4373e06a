import { counterRateBetween } from '../analysis/counter-rate.ts';
import type { AlignedSeries } from '../analysis/thin-series.ts';

/** A value for each stretch of time: `values[i]` from `edges[i]` to `edges[i + 1]`, in seconds. NaN: not known. */
export interface Steps {
  readonly edges: Float64Array;
  readonly values: Float64Array;
}

/** Windows of equal width over a time, at least `leastSeconds` wide and at most `most` of them. */
export function windowEdges(
  fromSeconds: number,
  toSeconds: number,
  { leastSeconds, most = 120 }: { readonly leastSeconds: number; readonly most?: number },
): Float64Array {
  const span = Math.max(0, toSeconds - fromSeconds);
  const width = Math.max(leastSeconds, span / most);
  // A last window that is a sliver says nothing: it is part of the one before it.
  const count = Math.max(1, Math.floor(span / width + 0.25));
  return Float64Array.from({ length: count + 1 }, (_, index) => (index < count ? fromSeconds + index * width : toSeconds));
}

/** How fast a cumulative counter rose in each window, per second (see `counterRateBetween`); `atMs` rises. */
export function rateSteps(atMs: Float64Array, counter: Float64Array, edges: Float64Array, originMs: number): Steps {
  const at = (index: number): number => originMs + (edges[index] ?? Number.NaN) * 1000;
  const values = Float64Array.from({ length: edges.length - 1 }, (_, index) => counterRateBetween(atMs, counter, at(index), at(index + 1)));
  return { edges, values };
}

/** A reading holds for so many of the usual intervals between readings. */
const heldIntervals = 2.5;

/**
 * The largest known reading of each window; in one without any the last one before it holds, for about as long as readings usually are apart;
 * a single one holds on.
 */
export function levelSteps(times: Float64Array, readings: Float64Array, edges: Float64Array): Steps {
  const known = Array.from(times.keys()).filter((index) => !Number.isNaN(readings[index] ?? Number.NaN));
  const intervals = known.slice(1).map((index, before) => (times[index] ?? 0) - (times[known[before] ?? 0] ?? 0));
  const usualSeconds = intervals.toSorted((a, b) => a - b)[Math.floor(intervals.length / 2)] ?? Infinity;
  let next = 0;
  let lastAt = Number.NaN;
  let last = Number.NaN;
  const values = Float64Array.from({ length: edges.length - 1 }, (_, window) => {
    const from = edges[window] ?? Number.NaN;
    const to = edges[window + 1] ?? Number.NaN;
    const isLast = window === edges.length - 2;
    let largest = Number.NaN;
    while (next < known.length) {
      const at = times[known[next] ?? 0] ?? Number.NaN;
      if (!(at < to || (isLast && at === to))) break;
      last = readings[known[next] ?? 0] ?? Number.NaN;
      lastAt = at;
      if (at >= from && !(last <= largest)) largest = last;
      next++;
    }
    if (!Number.isNaN(largest)) return largest;
    return from - lastAt <= heldIntervals * usualSeconds ? last : Number.NaN;
  });
  return { edges, values };
}

/** The steps without those that lie within a gap from one moment to another, in seconds. */
export function withoutGaps({ edges, values }: Steps, gaps: readonly (readonly [from: number, to: number])[]): Steps {
  const isIn = (from: number, to: number): boolean => gaps.some(([gapFrom, gapTo]) => gapFrom <= from && to <= gapTo);
  return { edges, values: values.map((value, index) => (isIn(edges[index] ?? 0, edges[index + 1] ?? 0) ? Number.NaN : value)) };
}

/**
 * Steps of several series as rows on one axis of time, to be drawn as `step-after`: every step as wide as its window, also the last one, and
 * one beside a window of which nothing is known: where a series ends, there are two rows for one time, the second without its value.
 */
export function alignSteps(series: Readonly<Record<string, Steps>>): AlignedSeries {
  const names = Object.keys(series);
  const all = Object.values(series);
  const moments = Float64Array.from(new Set(all.flatMap(({ edges }) => [...edges]))).sort();
  const positions = all.map(() => -1);
  const times: number[] = [];
  const rows: number[][] = [];
  const valuesNow = (): number[] => all.map(({ values }, index) => values[positions[index] ?? -1] ?? Number.NaN);
  for (const moment of moments) {
    const before = valuesNow();
    for (const [index, { edges }] of all.entries())
      while ((edges[(positions[index] ?? -1) + 1] ?? Infinity) <= moment) positions[index] = (positions[index] ?? -1) + 1;
    const after = valuesNow();
    const ends = before.some((value, index) => !Number.isNaN(value) && Number.isNaN(after[index] ?? Number.NaN));
    const isLast = moment === moments.at(-1);
    if (ends) rows.push(before);
    if (ends) times.push(moment);
    // A value holds until the next row: one that says the same is not needed.
    const isSame = rows.at(-1)?.every((value, index) => Object.is(value, after[index])) ?? false;
    if (isLast ? ends : isSame) continue;
    rows.push(after);
    times.push(moment);
  }
  return {
    times: Float64Array.from(times),
    values: Object.fromEntries(names.map((name, index) => [name, Float64Array.from(rows, (row) => row[index] ?? Number.NaN)])),
  };
}
