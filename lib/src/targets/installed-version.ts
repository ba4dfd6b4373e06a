import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Of an engine that is no dependency of orchlab, as not everybody measures it: how it is installed. Undefined where it is there. */
export function howToInstall(packageName: string): string | undefined {
  try {
    require.resolve(packageName);
    return undefined;
  } catch {
    const { peerDependencies } = JSON.parse(readFileSync(require.resolve('orchlab/package.json'), 'utf8')) as {
      readonly peerDependencies?: Readonly<Record<string, string>>;
    };
    return `npm install '${packageName}@${peerDependencies?.[packageName] ?? 'latest'}'`;
  }
}

/** The version of an installed npm package, from its package.json. */
export function installedVersion(packageName: string): string {
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
