/**
 * Adds to package-lock.json the packages for other platforms that the registry in use does not have: `npm run lock`.
 *
 * npm leaves an optional dependency that it can't find out of the lock file, and `npm ci` then refuses that file. Nothing of
 * those packages is installed here, so an entry with name, version and platform is enough; where such a platform is used, npm
 * fetches the package by them.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, object> };
const platforms = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'aix', 'netbsd', 'openbsd', 'sunos'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el'];

let added = 0;
for (const parent of Object.values(lock.packages) as LockedPackage[]) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const words = name.split(/[/-]/);
    const os = platforms.find((platform) => words.includes(platform));
    const cpu = processors.find((processor) => words.includes(processor));
    // Only exact versions of packages that are named for a platform: anything else is for npm to resolve.
    if (key in lock.packages || os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+/.test(version)) continue;
    const libc = os === 'linux' && name.includes('musl') ? ['musl'] : os === 'linux' && name.includes('gnu') ? ['glibc'] : undefined;
    lock.packages[key] = { version, cpu: [cpu], ...(libc && { libc }), ...(parent.dev && { dev: true }), optional: true, os: [os] };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.error(`${added} packages for other platforms added`);
