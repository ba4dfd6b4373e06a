import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DatabaseError } from './database-server.ts';

const run = promisify(execFile);

/** The user that Postgres runs as; undefined stands for the user that we are. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
}

const userName = 'postgres';

/**
 * The account to run Postgres as: our own, or, since Postgres refuses to run as root, the user `postgres` when we are root.
 *
 * The user is created when it is missing.
 */
export async function findPostgresAccount(): Promise<PostgresAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp();
  if (existing) return existing;
  let failure: unknown;
  // Two experiments may start at once: the other one's useradd holds the lock of /etc/passwd, or has made the user.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      await run('groupadd', ['--system', '--force', userName]);
      await run('useradd', ['--system', '--gid', userName, '--no-create-home', '--shell', '/usr/sbin/nologin', userName]);
    } catch (error) {
      failure = error;
    }
    const created = await lookUp();
    if (created) return created;
    await delay(200);
  }
  throw new DatabaseError(
    `Postgres does not run as root, and the user "${userName}" could not be created. ` +
      `Create it (useradd --system --user-group ${userName}), run orchlab as another user than root, or set DATABASE_URL`,
    { cause: failure },
  );
}

async function lookUp(): Promise<PostgresAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', userName]), run('id', ['-g', userName])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** Whether `account` can read the existing file or list the directory `path`, and enter every directory above it. */
export async function canReach(path: string, account: PostgresAccount | undefined): Promise<boolean> {
  try {
    const wanted = (await stat(path)).isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK;
    if (!account) {
      await access(path, wanted);
      return true;
    }
    return (await permits(path, account, wanted)) && (await canEnter(dirname(path), account));
  } catch {
    return false;
  }
}

/** Whether `account` can enter the directory `path`, and so reach what it may read in there. */
export async function canEnter(path: string, account: PostgresAccount): Promise<boolean> {
  for (let directory = path; ; directory = dirname(directory)) {
    if (!(await permits(directory, account, constants.X_OK))) return false;
    if (directory === dirname(directory)) return true;
  }
}

async function permits(path: string, { uid, gid }: PostgresAccount, wanted: number): Promise<boolean> {
  const { mode, uid: owner, gid: group } = await stat(path);
  let shift = 0;
  if (owner === uid) shift = 6;
  else if (group === gid) shift = 3;
  return ((mode >> shift) & wanted) === wanted;
}
