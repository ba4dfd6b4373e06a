import { InvalidArgumentError } from 'commander';

/** For options that take a whole number above 0. */
export function toCount(text: string): number {
  const value = toNumber(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0.');
  return value;
}

/** For options that take a number. */
export function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('expected a number.');
  return value;
}
