/** Rounded to four significant digits (whole numbers above 1000 keep all of theirs); null when not known, as JSON has no NaN. */
export function digits(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
}
