import { threeDigits } from '../../analysis/format-figure.ts';
import type { Growth } from '../../analysis/series-growth.ts';
import type { SummaryOf } from '../../analysis/summary.ts';

/** Whether memory grows, in words that follow its name: `grows by 8.1 to 12 MB/h (95 % interval, 40 min)`. */
export function growthWords(growth: SummaryOf<Growth>): string {
  const [low, high] = [perHour(growth.lowBytesPerHour), perHour(growth.highBytesPerHour)];
  const over = `over ${minutes((growth.toSeconds ?? Number.NaN) - (growth.fromSeconds ?? Number.NaN))}`;
  const interval = `${Math.round(100 * (growth.level ?? Number.NaN))} % interval, ${over}`;
  switch (growth.verdict) {
    case 'grows':
      return `grows by ${threeDigits(low)} to ${threeDigits(high)} MB/h (${interval})`;
    case 'does-not-grow':
      // One that falls is no slope within a few MB of nothing.
      return high < 0
        ? `does not grow (it falls by ${threeDigits(-high)} to ${threeDigits(-low)} MB/h; ${interval})`
        : `does not grow (slope within ± ${threeDigits(Math.max(Math.abs(low), Math.abs(high)))} MB/h; ${interval})`;
    case 'too-short':
      return Number.isNaN(low) || Number.isNaN(high)
        ? `too short to tell (${growth.reason})`
        : `too short to tell (between ${threeDigits(low)} and ${threeDigits(high)} MB/h; ${interval})`;
  }
}

function perHour(bytes: number | null): number {
  return (bytes ?? Number.NaN) / 1e6;
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${threeDigits(seconds)} s` : `${threeDigits(seconds / 60)} min`;
}
