import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { reasonOf } from '../errors/error-reason.ts';
import type { Guard } from '../processes/guard.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { giveTo } from './cluster-directory.ts';
import { DatabaseError } from './database-server.ts';
import type { EmbeddedBinaries } from './embedded-binaries.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { ownSettings } from './server-settings.ts';

/** The superuser of orchlab's own Postgres. */
export const ownUser = 'orchlab';

/** Where and as whom a Postgres of ours runs. */
export interface Cluster {
  readonly binaries: EmbeddedBinaries;
  readonly account: PostgresAccount | undefined;
  /** Holds `data/`, the data directory, and `postgres.log`. */
  readonly directory: string;
  readonly password: string;
}

/** The data directory of a cluster. */
export function dataDirectoryOf(directory: string): string {
  return join(directory, 'data');
}

/** The environment of Postgres' programs: nothing of the caller's (PGDATA, PGPORT, secrets) gets in. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
}

// initdb takes half a second; a minute is a machine that hangs.
const initializeLimitMs = 60_000;

/**
 * Runs initdb for `cluster`: UTF-8, one sort order on every machine, UTC, SCRAM passwords.
 *
 * `durable` waits until the files are on the disk; a server that is thrown away can do without.
 */
export async function initializeCluster(cluster: Cluster, options: { readonly durable: boolean; readonly guard?: Guard }): Promise<void> {
  const { binaries, account, directory, password } = cluster;
  const passwordFile = join(directory, 'initdb-password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  await giveTo(passwordFile, account);
  const args = {
    pgdata: dataDirectoryOf(directory),
    username: ownUser,
    pwfile: passwordFile,
    auth: 'scram-sha-256',
    encoding: 'UTF8',
    locale: 'C',
    'locale-provider': 'builtin',
    'builtin-locale': 'C.UTF-8',
  };
  const child = spawn(
    binaries.initdb,
    [
      ...Object.entries(args).map(([name, value]) => `--${name}=${value}`),
      ...Object.entries(ownSettings).map(([name, value]) => `--set=${name}=${value}`),
      ...(options.durable ? [] : ['--no-sync']),
    ],
    { ...account, cwd: directory, env: postgresEnvironment(), stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  // SIGTERM: what it runs leaves shared memory behind when it is killed.
  if (child.pid !== undefined) options.guard?.protect(child.pid, { processGroup: true, signal: 'SIGTERM' });
  try {
    const errors = text(child.stderr);
    const [code] = (await once(child, 'close', { signal: AbortSignal.timeout(initializeLimitMs) })) as [number | null];
    if (code !== 0) throw new Error((await errors).trim() || `initdb ended with ${child.signalCode ?? code}`);
  } catch (error) {
    if (child.pid !== undefined) await stopProcess(child, { processGroup: true });
    throw new DatabaseError(
      `initdb could not make a database in ${directory}: ${reasonOf(error)}. ` +
        'Check that the disk has 100 MB free, or set DATABASE_URL to a Postgres of your own',
      { cause: error },
    );
  } finally {
    if (child.pid !== undefined) options.guard?.release(child.pid);
    await rm(passwordFile, { force: true });
  }
}

/** A random password that is good in a URL without encoding. */
export function makePassword(): string {
  return randomBytes(18).toString('base64url');
}
