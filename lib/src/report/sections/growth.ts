import { threeDigits } from '../../analysis/format-figure.ts';
import type { Growth } from '../../analysis/series-growth.ts';
import type { SummaryOf } from '../../analysis/summary.ts';

/** Whether memory grows, in words that follow its name: `grows by 8.1 to 12 MB/h (95 % interval, 40 min)`. Of another series its unit is given, and how much it is. */
export function growthWords(growth: SummaryOf<Growth>, unit = 'MB', size = 1e6): string {
  const [low, high] = [growth.lowBytesPerHour, growth.highBytesPerHour].map((bytes) => (bytes ?? Number.NaN) / size) as [number, number];
  const over = `over ${minutes((growth.toSeconds ?? Number.NaN) - (growth.fromSeconds ?? Number.NaN))}`;
  const interval = `${Math.round(100 * (growth.level ?? Number.NaN))} % interval, ${over}${growth.slowed ? ' after faster growth' : ''}`;
  switch (growth.verdict) {
    case 'grows':
      return `grows by ${threeDigits(low)} to ${threeDigits(high)} ${unit}/h (${interval})`;
    case 'does-not-grow':
      // One that falls is no slope within a few MB of nothing.
      return high < 0
        ? `does not grow (it falls by ${threeDigits(-high)} to ${threeDigits(-low)} ${unit}/h; ${interval})`
        : `does not grow (slope within ± ${threeDigits(Math.max(Math.abs(low), Math.abs(high)))} ${unit}/h; ${interval})`;
    case 'too-short':
      return Number.isNaN(low) || Number.isNaN(high)
        ? `too short to tell (${growth.reason})`
        : `too short to tell (between ${threeDigits(low)} and ${threeDigits(high)} ${unit}/h; ${interval})`;
  }
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${threeDigits(seconds)} s` : `${threeDigits(seconds / 60)} min`;
}
