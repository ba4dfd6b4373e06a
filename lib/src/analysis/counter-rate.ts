import { bisectLeft, bisectRight } from 'd3-array';

/**
 * A cumulative counter without its falls: where it fell, its server was restarted or its statistics reset, and it began anew at 0 (as
 * Prometheus' `increase` has it). NaN where it is not known.
 */
export function risenCounter(counter: Float64Array): Float64Array {
  let last = Number.NaN;
  let dropped = 0;
  return counter.map((value) => {
    if (value < last) dropped += last;
    if (!Number.isNaN(value)) last = value;
    return value + dropped;
  });
}

/**
 * How fast a cumulative counter rose, per second, up to each reading; `atMs` rises. Of CPU seconds it is a ratio: 1 is one core, wholly used.
 *
 * Each rate is over the time since the latest reading that is at least `spanSeconds` older (with 0, the default, the one before); NaN
 * where there is none. Never negative: see `risenCounter`.
 */
export function counterRate(atMs: Float64Array, readings: Float64Array, spanSeconds = 0): Float64Array {
  const counter = risenCounter(readings);
  let from = -1;
  return atMs.map((now, index) => {
    while (from + 1 < index && now - (atMs[from + 1] ?? Number.NaN) >= spanSeconds * 1000) from++;
    const elapsedSeconds = (now - (atMs[from] ?? Number.NaN)) / 1000;
    const risen = (counter[index] ?? Number.NaN) - (counter[from] ?? Number.NaN);
    return elapsedSeconds > 0 && risen >= 0 ? risen / elapsedSeconds : Number.NaN;
  });
}

/** Fewer readings than this around a span are a straight line through what may have come and gone. */
const leastReadings = 3;

/**
 * How fast a cumulative counter rose between two moments, a second: straight lines between its readings; NaN when those cover less
 * than half of the time, or when there are fewer than three from the last one before it to the first one after it.
 */
export function counterRateBetween(atMs: Float64Array, readings: Float64Array, fromMs: number, toMs: number): number {
  return rateBetween(atMs, risenCounter(readings), fromMs, toMs);
}

/** The same of each window from one edge to the next. */
export function counterRatesBetween(atMs: Float64Array, readings: Float64Array, edgesMs: Float64Array): Float64Array {
  const counter = risenCounter(readings);
  return edgesMs.subarray(1).map((toMs, window) => rateBetween(atMs, counter, edgesMs[window] as number, toMs));
}

function rateBetween(atMs: Float64Array, counter: Float64Array, fromMs: number, toMs: number): number {
  const first = atMs[0] ?? Number.NaN;
  const last = atMs.at(-1) ?? Number.NaN;
  const from = Math.max(fromMs, first);
  const to = Math.min(toMs, last);
  if (!(to - from >= (toMs - fromMs) / 2) || to <= from) return Number.NaN;
  if (bisectLeft(atMs, to) - (bisectRight(atMs, from) - 1) + 1 < leastReadings) return Number.NaN;
  return (interpolate(atMs, counter, to) - interpolate(atMs, counter, from)) / ((to - from) / 1000);
}

function interpolate(atMs: Float64Array, values: Float64Array, ms: number): number {
  // `ms` is within the readings: at most the last of them.
  const after = Math.max(1, bisectLeft(atMs, ms));
  const [a, b] = [atMs[after - 1] ?? Number.NaN, atMs[after] ?? Number.NaN];
  const [low, high] = [values[after - 1] ?? Number.NaN, values[after] ?? Number.NaN];
  return b > a ? low + ((high - low) * (ms - a)) / (b - a) : high;
}
