/** A time as people say it, three digits: `0.35 ms`, `112 ms`, `1.9 s`, `125 s`; a dash when it is not known. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const magnitude = Math.abs(seconds);
  if (magnitude < 0.9995 && magnitude > 0) return `${threeDigits(seconds * 1000)} ms`;
  return `${threeDigits(seconds)} s`;
}

/** Three significant digits below 100, whole numbers with separators from there on; `an unknown number` when it is not known. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return 'an unknown number';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
