import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../errors/error-reason.ts';
import type { Guard } from '../processes/guard.ts';
import { giveTo } from './cluster-directory.ts';
import { DatabaseError } from './database-server.ts';
import type { EmbeddedBinaries } from './embedded-binaries.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { runAsAccount } from './run-as-account.ts';
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

/** What initdb is told of every cluster of ours. */
export const clusterOptions: readonly string[] = [
  `--username=${ownUser}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  ...Object.entries(ownSettings).map(([name, value]) => `--set=${name}=${value}`),
];

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
  const own = [`--pgdata=${dataDirectoryOf(directory)}`, `--pwfile=${passwordFile}`, ...(options.durable ? [] : ['--no-sync'])];
  try {
    await runAsAccount(binaries.initdb, [...clusterOptions, ...own], {
      account,
      cwd: directory,
      limitMs: initializeLimitMs,
      guard: options.guard,
    });
    // What initdb executed is nobody's, and the password is in it.
    await rm(join(dataDirectoryOf(directory), 'pg_stat', 'pg_stat_statements.stat'), { force: true });
  } catch (error) {
    throw new DatabaseError(
      `initdb could not make a database in ${directory}: ${reasonOf(error)}. ` +
        'Check that the disk has 100 MB free, or set DATABASE_URL to a Postgres of your own',
      { cause: error },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** A random password that is good in a URL without encoding. */
export function makePassword(): string {
  return randomBytes(18).toString('base64url');
}
