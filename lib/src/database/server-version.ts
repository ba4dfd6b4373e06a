import type { DatabaseClient } from './database-client.ts';

/** The server's version without what a packager added, for instance `18.4`. */
export async function readServerVersion(client: DatabaseClient): Promise<string> {
  const rows = await client.query<{ server_version: string }>('show server_version');
  return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
}
