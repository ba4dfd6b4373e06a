import { createHash, randomBytes } from 'node:crypto';
import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeStateDirectory } from '../config/workspace.ts';
import { startGuard } from '../processes/guard.ts';
import { makeOwnDirectory, makePrivateDirectory } from './cluster-directory.ts';
import { DatabaseError } from './database-error.ts';
import { type EmbeddedBinaries, findEmbeddedBinaries } from './embedded-binaries.ts';
import { type Cluster, dataDirectoryOf, initializeCluster, makePassword } from './initialize-cluster.ts';
import { canEnter, findPostgresAccount, type PostgresAccount } from './postgres-account.ts';

/** The files of the shared server that `stateDirectory` remembers. */
export interface SharedCluster {
  /** Holds `data/`, `password` and `postgres.log`. */
  readonly directory: string;
  readonly password: string;
}

// In the state directory: says where the cluster is, since as root it may have to be elsewhere.
const pointerFile = 'server.json';

/** The shared cluster, or undefined when none has been made, or it is another user's. */
export async function findSharedCluster(stateDirectory: string): Promise<SharedCluster | undefined> {
  try {
    const { directory } = JSON.parse(await readFile(join(stateDirectory, pointerFile), 'utf8')) as { directory: string };
    return { directory, password: (await readFile(join(directory, 'password'), 'utf8')).trim() };
  } catch {
    return undefined;
  }
}

/** Finds the shared cluster, or makes it: whole or not at all, and once when several do it at the same time. */
export async function ensureSharedCluster(stateDirectory: string): Promise<Cluster> {
  const account = await findPostgresAccount();
  const binaries = await findEmbeddedBinaries(account);
  const existing = await findSharedCluster(stateDirectory);
  if (existing) {
    await requireVersion(existing.directory, binaries);
    return { binaries, account, ...existing };
  }
  await makeStateDirectory(stateDirectory);
  const directory = await chooseDirectory(stateDirectory, account);
  await makeCluster(directory, account, binaries);
  const part = join(stateDirectory, `${pointerFile}.part-${randomBytes(4).toString('hex')}`);
  await writeFile(part, `${JSON.stringify({ directory })}\n`, { mode: 0o600 });
  await rename(part, join(stateDirectory, pointerFile));
  const made = await findSharedCluster(stateDirectory);
  if (!made)
    throw new DatabaseError(
      `the shared server's files in ${directory} can't be used: its password file is missing. Remove that directory and try again`,
    );
  return { binaries, account, ...made };
}

/** Deletes the shared cluster, if there is one; its server must have been stopped. */
export async function removeSharedCluster(stateDirectory: string): Promise<void> {
  const existing = await findSharedCluster(stateDirectory);
  if (existing) {
    // Renamed first: a half-deleted directory under the right name would look like a cluster.
    const trash = `${existing.directory}.part-${randomBytes(4).toString('hex')}`;
    await rename(existing.directory, trash);
    await rm(trash, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
  await rm(join(stateDirectory, pointerFile), { force: true });
}

async function makeCluster(directory: string, account: PostgresAccount | undefined, binaries: EmbeddedBinaries): Promise<void> {
  const part = `${directory}.part-${randomBytes(4).toString('hex')}`;
  await using guard = startGuard();
  guard.protectDirectory(part);
  await makePrivateDirectory(part, account);
  const password = makePassword();
  await initializeCluster({ binaries, account, directory: part, password }, { durable: true, guard });
  await writeFile(join(part, 'password'), `${password}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await rename(part, directory);
  } catch (error) {
    // Somebody else's cluster is there already: made at the same time, or its pointer was lost. Ours goes, with the guard.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

/** In the state directory, or, where the user that Postgres runs as can't reach that (below /root), in /var/lib/orchlab. */
async function chooseDirectory(stateDirectory: string, account: PostgresAccount | undefined): Promise<string> {
  const path = await realpath(resolve(stateDirectory));
  const inside = join(path, 'postgres');
  if (!account || (await canEnter(path, account))) return inside;
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 12);
  const failures: unknown[] = [];
  for (const parent of [join('/var', 'lib', 'orchlab'), join('/var', 'tmp', 'orchlab')]) {
    try {
      await makeOwnDirectory(parent);
      if (await canEnter(parent, account)) return join(parent, hash);
    } catch (error) {
      failures.push(error);
    }
  }
  throw new DatabaseError(
    `Postgres can't run as root, and the user "postgres" can't reach ${path}. Put the project where other users can enter it, or set DATABASE_URL`,
    { cause: new AggregateError(failures) },
  );
}

async function requireVersion(directory: string, binaries: EmbeddedBinaries): Promise<void> {
  const version = (await readFile(join(dataDirectoryOf(directory), 'PG_VERSION'), 'utf8')).trim();
  if (version === binaries.majorVersion) return;
  throw new DatabaseError(
    `the shared server's files in ${directory} are of Postgres ${version}, expected ${binaries.majorVersion}. orchlab db reset deletes them and starts afresh`,
  );
}
