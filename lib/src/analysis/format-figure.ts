/** A time as people say it, three digits: `0.35 ms`, `112 ms`, `1.9 s`, `125 s`; a dash when it is not known. */
export function formatSeconds(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const magnitude = Math.abs(value);
  if (magnitude < 0.9995 && magnitude > 0) return `${threeDigits(value * 1000)} ms`;
  return `${threeDigits(value)} s`;
}

/** Three significant digits below 100, whole numbers with separators from there on; `an unknown number` when it is not known. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return 'an unknown number';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

/** Numbers as the sentences of a verdict say them; what is not known is `unknown`. */
export function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${Math.round(100 * ratio)} %` : 'an unknown share';
}

export function seconds(value: number): string {
  return Number.isFinite(value) ? formatSeconds(value) : 'an unknown time';
}

export function tasksPerSecond(rate: number): string {
  return `${threeDigits(rate)} tasks/s`;
}

/** `1 run`, `2,000 runs`. */
export function plural(count: number, noun: string): string {
  return `${threeDigits(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Forty digits of a commit say no more than eight; `-dirty` stays. */
export function shortCommit(commit: string): string {
  return commit.replace(/^([0-9a-f]{8})[0-9a-f]{4,}/, '$1');
}
