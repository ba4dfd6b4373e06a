import { rm } from 'node:fs/promises';
import type { Guard } from '../processes/guard.ts';
import { readProcessStatus } from '../processes/process-status.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { makeTemporaryDirectory } from './cluster-directory.ts';
import { connect } from './database-client.ts';
import type { DatabaseServer } from './database-server.ts';
import { findEmbeddedBinaries } from './embedded-binaries.ts';
import { copyTemplate } from './cluster-template.ts';
import { type Cluster, makePassword } from './initialize-cluster.ts';
import { launchPostgres } from './launch-postgres.ts';
import { type PostgresControl, resumePostgres } from './postgres-control.ts';
import { findPostgresAccount } from './postgres-account.ts';
import { readServerSettings, readServerVersion } from './server-settings.ts';

/** A fast stop writes all down first. */
const fastStopMs = 30_000;

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
    await copyTemplate(cluster, guard);
    let running = await launchPostgres(cluster, guard);
    const { url, port } = running;
    const stop = async (): Promise<void> => {
      // One that stands still would have to be killed, and what it started would stand there for ever.
      if (readProcessStatus(running.pid)?.stopped) resumePostgres(running.pid);
      await stopProcess(running.child, { signal: 'SIGQUIT' });
      guard.release(running.pid);
      await remove();
    };
    try {
      await using client = await connect(url);
      const [version, settings] = [await readServerVersion(client), await readServerSettings(client)];
      const control: PostgresControl = {
        get pid() {
          return running.pid;
        },
        async stop(mode) {
          await stopProcess(running.child, mode === 'fast' ? { signal: 'SIGINT', graceMs: fastStopMs } : { signal: 'SIGQUIT' });
          guard.release(running.pid);
        },
        async start() {
          running = await launchPostgres(cluster, guard, port);
        },
      };
      return {
        kind: 'embedded',
        url,
        version,
        settings,
        get postmasterPid() {
          return running.pid;
        },
        control,
        warnings,
        [Symbol.asyncDispose]: stop,
      };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}
