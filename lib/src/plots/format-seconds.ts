/** A time as people say it, three digits: `0.35 ms`, `112 ms`, `1.9 s`, `125 s`; a dash when it is not known. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const magnitude = Math.abs(seconds);
  if (magnitude < 0.9995 && magnitude > 0) return `${threeDigits(seconds * 1000)} ms`;
  return `${threeDigits(seconds)} s`;
}

/** The same for a time read from a clock of `resolutionSeconds`: less than its step is `under 1 ms`. */
export function formatClockSeconds(seconds: number, resolutionSeconds: number): string {
  return seconds < resolutionSeconds ? `under ${formatSeconds(resolutionSeconds)}` : formatSeconds(seconds);
}

/** The same for labels of an axis, as a Vega expression. */
export const secondsLabelExpr = "datum.value < 1 ? format(datum.value * 1000, '.3~r') + ' ms' : format(datum.value, '.3~r') + ' s'";

export function threeDigits(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
