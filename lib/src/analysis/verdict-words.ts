/** Numbers as the sentences of a verdict say them; what is not known is `unknown`. */
export function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${Math.round(100 * ratio)} %` : 'an unknown share';
}

export function seconds(value: number): string {
  if (!Number.isFinite(value)) return 'an unknown time';
  return Math.abs(value) < 0.9995 ? `${threeDigits(value * 1000)} ms` : `${threeDigits(value)} s`;
}

export function tasksPerSecond(rate: number): string {
  return `${threeDigits(rate)} tasks/s`;
}

export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return 'an unknown number';
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en-US')
    : String(Number(value.toPrecision(Math.abs(value) < 1 ? 2 : 3)));
}
