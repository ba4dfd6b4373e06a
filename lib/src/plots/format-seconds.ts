import { formatSeconds } from '../analysis/format-figure.ts';

/** `formatSeconds` of a time read from a clock of `resolutionSeconds`: less than its step is `under 1 ms`. */
export function formatClockSeconds(seconds: number, resolutionSeconds: number): string {
  return seconds < resolutionSeconds ? `under ${formatSeconds(resolutionSeconds)}` : formatSeconds(seconds);
}

/** `formatSeconds` for labels of an axis, as a Vega expression. */
export const secondsLabelExpr = "datum.value < 1 ? format(datum.value * 1000, '.3~r') + ' ms' : format(datum.value, '.3~r') + ' s'";
