import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Path of a file of the package's `assets` folder, the same from `src` and from `dist`. */
export function assetPath(name: string): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return join(directory, 'assets', name);
}
