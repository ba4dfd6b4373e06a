import { setTimeout as delay } from 'node:timers/promises';
import { stopProcess } from '../processes/stop-process.ts';
import { isInMemory } from './cluster-directory.ts';
import { codeOf } from '../errors/error-reason.ts';
import { connect } from './database-client.ts';
import { DatabaseError, type DatabaseServer } from './database-server.ts';
import { findExperimentDatabases } from './experiment-database.ts';
import { dataDirectoryOf } from './initialize-cluster.ts';
import { launchPostgres, ownUrl } from './launch-postgres.ts';
import { readPostmasterFile, removeStalePostmasterFile } from './postmaster-file.ts';
import { readServerSettings, readServerVersion } from './server-settings.ts';
import { ensureSharedCluster, findSharedCluster, removeSharedCluster, type SharedCluster } from './shared-cluster.ts';

// A start after a crash replays what was written since the last checkpoint; another process may be at it.
const readyLimitMs = 60_000;
// What connecting says while a server starts or ends; then its pid file soon tells which.
const ending = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03']);
const goneLimitMs = 5000;
// A fast shutdown writes a checkpoint: as much as was changed since the last one.
const stopGraceMs = 30_000;

/** The shared server that `stateDirectory` remembers, or undefined when it does not run. */
export async function findSharedServer(stateDirectory: string): Promise<DatabaseServer | undefined> {
  const cluster = await findSharedCluster(stateDirectory);
  return cluster && (await openRunning(cluster));
}

/** Starts the shared server, which outlives this process; when it runs already, that one. Makes it at the first start. */
export async function startSharedServer(stateDirectory: string): Promise<DatabaseServer> {
  const running = await findSharedServer(stateDirectory);
  if (running) return running;
  const cluster = await ensureSharedCluster(stateDirectory);
  removeStalePostmasterFile(dataDirectoryOf(cluster.directory));
  try {
    await launchPostgres(cluster);
  } catch (error) {
    // Postgres itself sees to it that only one runs on a data directory: the other one's is as good as ours.
    const other = await openRunning(cluster);
    if (other) return other;
    throw error;
  }
  const started = await openRunning(cluster);
  if (!started) throw new DatabaseError(`the shared server ended right after its start; see ${cluster.directory}/postgres.log`);
  return started;
}

/** Somebody uses what is to be taken away. */
export class InUseError extends Error {
  override readonly name = 'InUseError';
}

/**
 * Stops the shared server, ending the connections to it; answers whether it ran. Its databases stay.
 *
 * Throws an InUseError while experiments run on it, unless by `force`.
 */
export async function stopSharedServer(stateDirectory: string, { force = false }: { readonly force?: boolean } = {}): Promise<boolean> {
  if (!force) await refuseWhileInUse(stateDirectory);
  const cluster = await findSharedCluster(stateDirectory);
  const file = cluster && readPostmasterFile(dataDirectoryOf(cluster.directory));
  if (!file) return false;
  await stopProcess(file.pid, { signal: 'SIGINT', graceMs: stopGraceMs });
  return true;
}

/** Stops the shared server, deletes all its databases and starts it afresh, with a new password. Throws as `stopSharedServer` does. */
export async function resetSharedServer(stateDirectory: string, options: { readonly force?: boolean } = {}): Promise<DatabaseServer> {
  await stopSharedServer(stateDirectory, options);
  await removeSharedCluster(stateDirectory);
  return await startSharedServer(stateDirectory);
}

async function refuseWhileInUse(stateDirectory: string): Promise<void> {
  // One that can't be asked is to be stopped all the same.
  const server = await findSharedServer(stateDirectory).catch(() => undefined);
  if (!server) return;
  await using client = await connect(server.url);
  const names = (await findExperimentDatabases(client)).filter(({ connections }) => connections > 0).map(({ name }) => name);
  if (names.length > 0)
    throw new InUseError(
      `experiments run on the shared server (${names.join(', ')}), and would fail without it: wait for their end, or stop it all the same with --force`,
    );
}

async function openRunning(cluster: SharedCluster): Promise<DatabaseServer | undefined> {
  const endMs = performance.now() + goneLimitMs;
  for (;;) {
    const file = await waitUntilReady(dataDirectoryOf(cluster.directory));
    if (!file) return undefined;
    try {
      return await describe(cluster, file);
    } catch (error) {
      const code = error instanceof DatabaseError ? (codeOf(error.cause) ?? '') : '';
      if (!ending.has(code)) throw error;
      // Where the command line of the process can't be read, only this tells that it never was ours.
      if (performance.now() > endMs) return undefined;
      await delay(50);
    }
  }
}

async function describe({ directory, password }: SharedCluster, { pid, port }: { pid: number; port: number }): Promise<DatabaseServer> {
  const url = ownUrl(password, port);
  await using client = await connect(url);
  return {
    kind: 'shared',
    url,
    version: await readServerVersion(client),
    settings: await readServerSettings(client),
    postmasterPid: pid,
    warnings: (await isInMemory(directory))
      ? [`Postgres kept its files in memory (${directory} is on a tmpfs): commits cost less than on a disk`]
      : [],
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function waitUntilReady(dataDirectory: string): Promise<{ pid: number; port: number } | undefined> {
  const endMs = performance.now() + readyLimitMs;
  for (;;) {
    const file = readPostmasterFile(dataDirectory);
    if (!file || file.ready) return file;
    if (performance.now() > endMs) {
      throw new DatabaseError(
        `the shared server (process ${file.pid}) is not ready after ${readyLimitMs / 1000} s; see postgres.log beside ${dataDirectory}`,
      );
    }
    await delay(20);
  }
}
