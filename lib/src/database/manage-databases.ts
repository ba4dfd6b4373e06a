import { codeOf } from '../errors/error-reason.ts';
import { connect } from './database-client.ts';
import type { DatabaseServer } from './database-server.ts';
import { withDatabase } from './database-url.ts';
import { dropDatabase, findExperimentDatabases } from './experiment-database.ts';

/** What `cleanDatabases` did: databases by name. */
export interface CleanResult {
  readonly dropped: readonly string[];
  /** Left alone, since somebody is connected. */
  readonly inUse: readonly string[];
}

/** Drops the databases that experiments left on `server`. One with open connections only by `force`, which ends those. */
export async function cleanDatabases(server: DatabaseServer, { force = false }: { readonly force?: boolean } = {}): Promise<CleanResult> {
  await using client = await connect(server.url);
  const found = await findExperimentDatabases(client);
  const unused = found.filter(({ connections }) => force || connections === 0);
  for (const { name } of unused) await dropDatabase(client, name);
  const dropped = unused.map(({ name }) => name);
  return { dropped, inUse: found.map(({ name }) => name).filter((name) => !dropped.includes(name)) };
}

/** Makes sure that `server` has a database `name` (default `orchlab`) for looking around by hand; answers its URL, password included. */
export async function initializeDatabase(server: DatabaseServer, name = 'orchlab'): Promise<string> {
  await using client = await connect(server.url);
  try {
    await client.query(`create database "${name.replaceAll('"', '""')}"`);
  } catch (error) {
    if (codeOf(error) !== '42P04') throw error; // 42P04: it is there
  }
  return withDatabase(server.url, name);
}
