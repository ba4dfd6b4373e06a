import { InvalidArgumentError } from 'commander';
import { durationWords, parseDuration } from '../config/duration.ts';
import { longestTimerSeconds } from '../timing/clock.ts';

/** For options that take a whole number above 0. */
export function toCount(text: string): number {
  const value = toNumber(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0.');
  return value;
}

/** For options that take the seed of random numbers. */
export function toSeed(text: string): number {
  const value = toNumber(text);
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32)
    throw new InvalidArgumentError('expected a whole number from 0 to 4294967295.');
  return value;
}

/** For options that take whole seconds which a timer waits for. */
export function toTimeout(text: string): number {
  const seconds = toCount(text);
  if (seconds > longestTimerSeconds) throw new InvalidArgumentError(`expected at most ${longestTimerSeconds} seconds (24 days).`);
  return seconds;
}

/** For options that take a length of time: seconds, or with a unit (`90s`, `45m`, `6h`). */
export function toSeconds(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError(`expected ${durationWords}.`);
  return seconds;
}

/** For options that take a number. */
export function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('expected a number.');
  return value;
}

/** For options that take a number above 0. */
export function toPositive(text: string): number {
  const value = toNumber(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('expected a number above 0.');
  return value;
}

/** For options that take a share above 0 and below 1, as such or in percent: `0.03`, `3%`. */
export function toRatio(text: string): number {
  const isPercent = text.trim().endsWith('%');
  const value = toNumber(isPercent ? text.trim().slice(0, -1) : text) / (isPercent ? 100 : 1);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('expected a share such as 3% or 0.03.');
  return value;
}
