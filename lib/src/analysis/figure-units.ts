import { formatSeconds, threeDigits } from './format-figure.ts';

/** What a figure is counted in. `ratio`: 1 is all of it, of CPU one core. */
export type FigureUnit = (typeof figureUnits)[number];

export const figureUnits = [
  'seconds',
  'secondsPerTask',
  'bytes',
  'bytesPerHour',
  'ratio',
  'tasksPerSecond',
  'runsPerSecond',
  'perSecond',
  'bytesPerSecond',
  'bytesPerTask',
  'count',
] as const;

/** How a unit is shown where numbers stand side by side: in `symbol`, which is so many of the unit. */
export const shownUnits: Readonly<Record<FigureUnit, { readonly symbol: string; readonly divisor: number }>> = {
  seconds: { symbol: 's', divisor: 1 },
  secondsPerTask: { symbol: 'ms a task', divisor: 1e-3 },
  bytes: { symbol: 'MB', divisor: 1e6 },
  bytesPerHour: { symbol: 'MB/h', divisor: 1e6 },
  ratio: { symbol: '%', divisor: 0.01 },
  tasksPerSecond: { symbol: 'tasks/s', divisor: 1 },
  runsPerSecond: { symbol: 'runs/s', divisor: 1 },
  perSecond: { symbol: '/s', divisor: 1 },
  bytesPerSecond: { symbol: 'KB/s', divisor: 1e3 },
  bytesPerTask: { symbol: 'B a task', divisor: 1 },
  count: { symbol: '', divisor: 1 },
};

/** A figure as people say it, with its unit: `112 ms`, `34.5 MB`, `1,234`; a dash when it is not known. */
export function formatFigure(value: number, unit: FigureUnit): string {
  if (!Number.isFinite(value)) return '–';
  if (unit === 'seconds') return formatSeconds(value);
  if (unit === 'count') return value.toLocaleString('en-US');
  const { symbol, divisor } = shownUnits[unit];
  return `${threeDigits(value / divisor)} ${symbol}`;
}
