import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, cp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeOwnDirectory } from './cluster-directory.ts';
import { DatabaseError } from './database-server.ts';
import { canReach, type PostgresAccount } from './postgres-account.ts';

const cacheDirectories = [join('/var', 'cache', 'orchlab'), join(tmpdir(), 'orchlab-cache'), join('/tmp', 'orchlab-cache')];

/**
 * The directory `native` of Postgres' programs, or, where `account` can't reach it (below /root), a copy in a cache.
 *
 * The copy is called `name`, made once, and belongs to us; two processes may make it at once. 60 MB.
 */
export async function findReachableBinaries(
  native: string,
  name: string,
  account: PostgresAccount,
  caches: readonly string[] = cacheDirectories,
): Promise<string> {
  if (await canUse(native, account)) return native;
  const failures: unknown[] = [];
  for (const cache of caches) {
    const copy = join(cache, name);
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
    `Postgres can't run as root, and the user "postgres" can't reach its programs in ${native}. A copy in ${caches.join(' or ')} could not be made. ` +
      'Put the project where other users can read it, run orchlab as another user than root, or set DATABASE_URL',
    { cause: new AggregateError(failures) },
  );
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
