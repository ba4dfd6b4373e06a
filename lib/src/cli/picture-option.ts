import { InvalidArgumentError } from 'commander';

/** For options that take the name of a file that becomes a picture. */
export function toPicture(text: string): string {
  if (!/\.(svg|png)$/.test(text)) throw new InvalidArgumentError('expected a file that ends in .svg or .png.');
  return text;
}
