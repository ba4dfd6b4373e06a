import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guard } from '../processes/guard.ts';
import { DatabaseError } from './database-server.ts';
import { canReach, type PostgresAccount } from './postgres-account.ts';

// statfs(2): file systems that keep their files in memory.
const memoryFileSystems = new Set([0x01_02_19_94, 0x85_84_58_f6]);

/** A directory for a private server's files, and what the reader of figures should know of it. */
export interface TemporaryDirectory {
  readonly path: string;
  readonly warnings: readonly string[];
}

/**
 * Makes a directory that belongs to `account` and nobody else can enter, on a disk if there is one to be had; `guard` knows of it.
 *
 * Where temporary files are kept in memory, writing them durably costs nothing and figures would look too good.
 */
export async function makeTemporaryDirectory(account: PostgresAccount | undefined, guard: Guard): Promise<TemporaryDirectory> {
  const candidates = [...new Set([tmpdir(), join('/var', 'tmp'), '/tmp'])];
  const reachable: { parent: string; inMemory: boolean }[] = [];
  for (const parent of candidates) {
    if (await canReach(parent, account)) reachable.push({ parent, inMemory: await isInMemory(parent) });
  }
  const failures: unknown[] = [];
  for (const { parent, inMemory } of reachable.sort((a, b) => Number(a.inMemory) - Number(b.inMemory))) {
    const path = join(parent, `orchlab-postgres-${randomBytes(6).toString('hex')}`);
    guard.protectDirectory(path);
    try {
      await mkdir(path, { mode: 0o700 });
      await giveTo(path, account);
      const warning = `Postgres kept its files in memory (${parent} is a tmpfs): commits cost less than on a disk. Set TMPDIR to a directory on a disk`;
      return { path, warnings: inMemory ? [warning] : [] };
    } catch (error) {
      guard.release(path);
      failures.push(error);
    }
  }
  throw new DatabaseError(
    `found no place for the files of Postgres: expected to be able to write to one of ${candidates.join(', ')}. Set TMPDIR to a directory that can be written to`,
    { cause: new AggregateError(failures) },
  );
}

/** Makes `path`, which everybody can read and only we write to; refuses one that is somebody else's. */
export async function makeOwnDirectory(path: string): Promise<void> {
  const created = await mkdir(path, { recursive: true });
  if (created !== undefined) await chmod(path, 0o755); // Whatever the umask.
  const { uid, mode } = await lstat(path);
  // In a place that everybody writes to, somebody else may have put programs or data there for us to use.
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`${path} belongs to or can be written by somebody else`);
}

/** Makes `path`, which only `account` (and root) can enter. */
export async function makePrivateDirectory(path: string, account: PostgresAccount | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await giveTo(path, account);
}

export async function giveTo(path: string, account: PostgresAccount | undefined): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}

/** Whether the files below the directory `path` are kept in memory. */
export async function isInMemory(path: string): Promise<boolean> {
  return memoryFileSystems.has((await statfs(path)).type);
}
