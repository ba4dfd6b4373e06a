import type { FigureUnit } from '../analysis/figure-units.ts';

export const unknown = 'unknown';

const formats: Readonly<Record<FigureUnit, (value: number) => string>> = {
  seconds: (value) => `${value.toFixed(3)}s`,
  secondsPerTask: (value) => `${(value * 1000).toFixed(3)}ms a task`,
  bytes: (value) => `${kilobytes(value)} (${(value / 1e6).toFixed(1)} MB)`,
  bytesPerHour: (value) => `${(value / 1e6).toFixed(1)} MB/h`,
  ratio: (value) => `${(value * 100).toFixed(1)}%`,
  tasksPerSecond: (value) => `${value.toFixed(2)} tasks/sec`,
  runsPerSecond: (value) => `${value.toFixed(2)} runs/sec`,
  perSecond: (value) => `${value.toFixed(2)}/sec`,
  bytesPerSecond: (value) => `${(value / 1000).toFixed(2)} KB/sec`,
  bytesPerTask: (value) => `${value.toFixed(0)} bytes a task`,
  count: String,
};

/**
 * A number in the lines of the summary and of the progress: always as many decimals, so that numbers below each other compare, as the results of
 * the first version had it. `unknown` when it is not known (null, NaN).
 */
export function fixed(value: number | null, unit: FigureUnit): string {
  return value === null || Number.isNaN(value) ? unknown : formats[unit](value);
}

/** Seconds to two decimals, for whole experiments and CPU time. */
export function coarseSeconds(value: number | null): string {
  return value === null ? unknown : `${value.toFixed(2)}s`;
}

/** 1 KB is 1,024 bytes, as in /proc. */
export function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KB`;
}
