import { connect } from './database-client.ts';
import type { DatabaseServer } from './database-server.ts';
import { findLocalPostmaster } from './local-postmaster.ts';
import { parseDatabaseUrl, withPassword } from './database-url.ts';
import { readServerSettings, readServerVersion } from './server-settings.ts';

/**
 * The server of DATABASE_URL, after connecting to it; throws a DatabaseError when that can't be done, or `signal` aborts.
 *
 * Its URL has the password, also where that came from PGPASSWORD or PGPASSFILE: schedulers get the URL, never these.
 */
export async function openExternalServer(url: string, signal?: AbortSignal): Promise<DatabaseServer> {
  parseDatabaseUrl(url);
  await using client = await connect(url, signal);
  const [version, settings, postmasterPid] = [
    await readServerVersion(client),
    await readServerSettings(client),
    await findLocalPostmaster(client, url),
  ];
  return {
    kind: 'external',
    url: withPassword(url, client.password),
    version,
    settings,
    warnings: [],
    ...(postmasterPid !== undefined && { postmasterPid }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
