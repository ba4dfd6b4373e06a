import { rm } from 'node:fs/promises';
import type { Guard } from '../processes/guard.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { makeTemporaryDirectory } from './cluster-directory.ts';
import { connect } from './database-client.ts';
import type { DatabaseServer } from './database-server.ts';
import { findEmbeddedBinaries } from './embedded-binaries.ts';
import { type Cluster, initializeCluster, makePassword } from './initialize-cluster.ts';
import { launchPostgres } from './launch-postgres.ts';
import { findPostgresAccount } from './postgres-account.ts';
import { readServerSettings, readServerVersion } from './server-settings.ts';

/** Starts a Postgres for this process alone. On disposal, and also when this process is killed, it and its files are gone. */
export async function startPrivateServer({ guard }: { readonly guard: Guard }): Promise<DatabaseServer> {
  const account = await findPostgresAccount();
  const binaries = await findEmbeddedBinaries(account);
  const { path: directory, warnings } = await makeTemporaryDirectory(account, guard);
  const remove = async (): Promise<void> => {
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    guard.release(directory);
  };
  try {
    const cluster: Cluster = { binaries, account, directory, password: makePassword() };
    await initializeCluster(cluster, { durable: false, guard });
    const { child, pid, url } = await launchPostgres(cluster, guard);
    const stop = async (): Promise<void> => {
      await stopProcess(child, { signal: 'SIGQUIT' });
      guard.release(pid);
      await remove();
    };
    try {
      await using client = await connect(url);
      const [version, settings] = [await readServerVersion(client), await readServerSettings(client)];
      return { kind: 'embedded', url, version, settings, postmasterPid: pid, warnings, [Symbol.asyncDispose]: stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}
