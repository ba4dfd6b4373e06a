import type { AlignedSeries } from './thin-series.ts';

interface TimedSeries {
  readonly name: string;
  readonly atMs: Float64Array;
  readonly values: Float64Array;
}

/** Several series on one time axis, in seconds since `originMs`: NaN where a series has no reading at a time that another has. */
export function alignSeries(originMs: number, series: readonly TimedSeries[]): AlignedSeries {
  const times = Float64Array.from(new Set(series.flatMap(({ atMs }) => [...atMs]))).sort();
  const values = series.map(({ name, atMs, values: readings }) => {
    const byTime = new Map(Array.from(atMs, (time, index) => [time, readings[index] ?? Number.NaN]));
    return [name, times.map((time) => byTime.get(time) ?? Number.NaN)] as const;
  });
  return { times: times.map((time) => (time - originMs) / 1000), values: Object.fromEntries(values) };
}
