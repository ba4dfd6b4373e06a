import { formatSeconds, threeDigits } from './format-figure.ts';

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
