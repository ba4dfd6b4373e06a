import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The version of an installed npm package, from its package.json. */
export function installedVersion(packageName: string): string {
  const require = createRequire(import.meta.url);
  // Not by `require(name + '/package.json')`: a package's exports may not have it.
  let directory = dirname(require.resolve(packageName));
  for (;;) {
    const path = join(directory, 'package.json');
    if (existsSync(path)) {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
      if (name === packageName && version !== undefined) return version;
    }
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`no package.json of ${packageName} found`);
    directory = parent;
  }
}
