import { findWorkspace } from '../config/workspace.ts';
import type { Guard } from '../processes/guard.ts';
import type { DatabaseServer } from './database-server.ts';
import { openExternalServer } from './external-server.ts';
import { startPrivateServer } from './private-server.ts';
import { findSharedServer, startSharedServer } from './shared-server.ts';

export { dropAbandonedDatabases } from './abandoned-databases.ts';
export { DatabaseError } from './database-server.ts';
export type { DatabaseServer } from './database-server.ts';
export { createExperimentDatabase, type ExperimentDatabase } from './experiment-database.ts';

export interface FindServerOptions {
  /** Default: the environment's DATABASE_URL. An empty one counts as none. */
  readonly databaseUrl?: string;
  /** Where the shared server is remembered. Default: `.orchlab/` of the workspace. */
  readonly stateDirectory?: string;
  /** Ends the wait for a server that does not answer. */
  readonly signal?: AbortSignal;
}

export interface OpenServerOptions extends FindServerOptions {
  readonly guard: Guard;
  /** The experiment's database shall stay: without another server the shared one is started, and left running. Default false. */
  readonly keepDatabase?: boolean;
}

/** The server there is: that of DATABASE_URL, else the shared one when it runs, else undefined. */
export async function findServer(options: FindServerOptions = {}): Promise<DatabaseServer | undefined> {
  const { databaseUrl = process.env['DATABASE_URL'], stateDirectory = findWorkspace().state, signal } = options;
  return databaseUrl ? await openExternalServer(databaseUrl, signal) : await findSharedServer(stateDirectory);
}

/**
 * Opens the server for an experiment: that of DATABASE_URL, else the shared one when it runs, else an embedded one of its own.
 *
 * Throws a DatabaseError; a server that was asked for by DATABASE_URL is never silently replaced by another.
 */
export async function openServer(options: OpenServerOptions): Promise<DatabaseServer> {
  const { guard, keepDatabase = false, stateDirectory = findWorkspace().state } = options;
  const existing = await findServer(options);
  if (existing) return existing;
  return keepDatabase ? await startSharedServer(stateDirectory) : await startPrivateServer({ guard });
}
