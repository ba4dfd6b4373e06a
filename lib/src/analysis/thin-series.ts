/** Values of several series at common times: `values[name][i]` was read at `times[i]`. NaN: not known. */
export interface AlignedSeries {
  readonly times: Float64Array;
  readonly values: Readonly<Record<string, Float64Array>>;
}

/** How the readings in one slice of time become one: the largest keeps peaks, the last keeps the end of a counter. */
export type Thinning = 'largest' | 'mean' | 'last';

/**
 * At most `maxPoints` (default 200) points, by slices of equal width from the first time to the last.
 *
 * Each point sits at the last time read in its slice; slices without a reading give none, so gaps stay visible as such.
 * A series that is short enough comes back as it is. NaN readings don't count; a slice of nothing else is NaN.
 */
export function thinSeries(series: AlignedSeries, options: { readonly by: Thinning; readonly maxPoints?: number }): AlignedSeries {
  const { by, maxPoints = 200 } = options;
  const { times } = series;
  if (times.length <= maxPoints) return series;
  const slices = sliceEnds(times, maxPoints);
  return {
    times: Float64Array.from(slices, (end) => times[end - 1] ?? Number.NaN),
    values: Object.fromEntries(
      Object.entries(series.values).map(([name, values]) => [
        name,
        Float64Array.from(slices, (end, slice) => combine(values.subarray(slices[slice - 1] ?? 0, end), by)),
      ]),
    ),
  };
}

/** Where each slice that holds a reading ends (exclusive), in order. */
function sliceEnds(times: Float64Array, count: number): readonly number[] {
  const first = times[0] ?? 0;
  const width = ((times.at(-1) ?? first) - first) / count || 1;
  const ends: number[] = [];
  let current = -1;
  for (const [index, time] of times.entries()) {
    const slice = Math.min(count - 1, Math.floor((time - first) / width));
    if (slice === current) ends[ends.length - 1] = index + 1;
    else ends.push(index + 1);
    current = slice;
  }
  return ends;
}

function combine(values: Float64Array, by: Thinning): number {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return Number.NaN;
  if (by === 'last') return known.at(-1) ?? Number.NaN;
  if (by === 'largest') return known.reduce((largest, value) => Math.max(largest, value), -Infinity);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
