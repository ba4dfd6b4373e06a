import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../processes/free-port.ts';
import type { Guard } from '../processes/guard.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { DatabaseError } from './database-server.ts';
import { type Cluster, dataDirectoryOf, ownUser } from './initialize-cluster.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { postgresEnvironment } from './run-as-account.ts';

/** A Postgres that was just started and takes connections. */
export interface LaunchedPostgres {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly url: string;
}

// A start takes 0.1 s; after a crash it replays what was written since the last checkpoint.
const startLimitMs = 60_000;
const attempts = 6;
// Somebody took the port between our look for it and Postgres' bind; the processes of a Postgres that was killed just now still end.
const passing = /could not bind|Address already in use|pre-existing shared memory block/i;

/**
 * Starts Postgres on `cluster` at `samePort`, else at a free port, of 127.0.0.1 and waits until it is ready.
 *
 * It has a session of its own, so that Ctrl-C in the terminal does not reach it, and never keeps this process alive.
 */
export async function launchPostgres(cluster: Cluster, guard?: Guard, samePort?: number): Promise<LaunchedPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const port = samePort ?? (await findFreePort());
    const child = await spawnPostgres(cluster, port);
    // SIGQUIT: the quickest shutdown that still takes all of Postgres' processes and shared memory with it.
    if (child.pid !== undefined) guard?.protect(child.pid, { signal: 'SIGQUIT' });
    const failure = await failureToStart(child, cluster);
    if (failure === undefined && child.pid !== undefined) {
      return { child, pid: child.pid, port, url: ownUrl(cluster.password, port) };
    }
    if (child.pid !== undefined) guard?.release(child.pid);
    if (attempt < attempts && passing.test(failure ?? '')) {
      await delay(100 * attempt);
      continue;
    }
    throw new DatabaseError(`Postgres did not start on ${cluster.directory}: ${failure}`);
  }
}

/** The URL of a Postgres of ours. sslmode: without it a PGSSLMODE meant for another server would decide. */
export function ownUrl(password: string, port: number): string {
  return `postgres://${ownUser}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;
}

async function spawnPostgres(cluster: Cluster, port: number): Promise<ChildProcess> {
  const logFile = logFileOf(cluster);
  const log = await open(logFile, 'a', 0o600);
  try {
    await chmod(logFile, 0o600);
    // No Unix socket: its path would be too long in many a directory.
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
    const child = spawn(
      cluster.binaries.postgres,
      ['-D', dataDirectoryOf(cluster.directory), ...settings.flatMap((setting) => ['-c', setting])],
      { ...cluster.account, cwd: cluster.directory, env: postgresEnvironment(), stdio: ['ignore', log.fd, log.fd], detached: true },
    );
    child.once('error', () => undefined); // Told by the missing pid.
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/** Waits until `child` is ready; answers what went wrong instead, after making sure that it is gone. */
async function failureToStart(child: ChildProcess, cluster: Cluster): Promise<string | undefined> {
  if (child.pid === undefined) return `${cluster.binaries.postgres} could not be run`;
  const endMs = performance.now() + startLimitMs;
  for (;;) {
    const file = readPostmasterFile(dataDirectoryOf(cluster.directory));
    if (file?.ready && file.pid === child.pid) return undefined;
    if (child.exitCode !== null || child.signalCode !== null)
      return `it ended with ${child.signalCode ?? child.exitCode}; its log ends: ${await endOfLog(cluster)}`;
    if (performance.now() > endMs) break;
    await delay(5);
  }
  await stopProcess(child, { signal: 'SIGQUIT' });
  return `it was not ready after ${startLimitMs / 1000} s; its log ends: ${await endOfLog(cluster)}`;
}

function logFileOf(cluster: Cluster): string {
  return join(cluster.directory, 'postgres.log');
}

async function endOfLog(cluster: Cluster): Promise<string> {
  const lines = (await readFile(logFileOf(cluster), 'utf8')).trimEnd().split('\n');
  return lines.slice(-6).join(' | ');
}
