import type { DatabaseClient } from './database-client.ts';

/** What orchlab's own Postgres sets; everything else, durability above all, stays at the defaults of Postgres. */
export const ownSettings: Readonly<Record<string, string>> = {
  // Many schedulers with a pool each must not fail on the default of 100.
  max_connections: '300',
  shared_preload_libraries: 'pg_stat_statements',
  track_io_timing: 'on',
};

// Figures depend on these: they are stated also when they have their defaults.
const alwaysStated = ['fsync', 'full_page_writes', 'max_connections', 'shared_buffers', 'synchronous_commit', 'wal_level'];

/**
 * The settings of a server that bear on its speed: the most important ones, and each that differs from Postgres' default.
 *
 * Values with units as Postgres writes them (`128MB`). Only numbers, switches and choices, and two lists of names:
 * free text, for instance primary_conninfo, could hold a password.
 */
export async function readServerSettings(client: DatabaseClient): Promise<Readonly<Record<string, string>>> {
  const rows = await client.query<{ name: string; value: string }>(
    `select name, current_setting(name) as value from pg_settings
     where name = any ($1)
        or (vartype <> 'string' or name in ('shared_preload_libraries', 'synchronous_standby_names'))
           and source not in ('default', 'override', 'client', 'session')
           and setting is distinct from boot_val
           and category ~ '^(Resource Usage|Write-Ahead Log|Query Tuning|Vacuuming|Autovacuum|Statistics|Lock Management|Replication|Client Connection Defaults / (Statement|Shared))'
     order by name`,
    [alwaysStated],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** The server's version without what a packager added, for instance `18.4`. */
export async function readServerVersion(client: DatabaseClient): Promise<string> {
  const rows = await client.query<{ server_version: string }>('show server_version');
  return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
}
