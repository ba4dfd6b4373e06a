import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, reasonOf } from '../errors/error-reason.ts';
import { connect, type DatabaseClient } from './database-client.ts';
import { DatabaseError, type DatabaseServer } from './database-server.ts';
import { ownerNote } from './database-owner.ts';
import { addressOf, describeAddress, withDatabase } from './database-url.ts';
import type { PostgresControl } from './postgres-control.ts';
import { unwritableAdvice } from './unwritable.ts';

/** A fresh database for one experiment. */
export interface ExperimentDatabase extends AsyncDisposable {
  readonly kind: DatabaseServer['kind'];
  /** Holds the password: never shown or written. */
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Whether it stays when it is disposed of. */
  readonly kept: boolean;
  /** Of now: a fault may have started it again. */
  readonly postmasterPid?: number;
  readonly control?: PostgresControl;
  /** What the reader of figures should know of the database, each a sentence. */
  readonly warnings: readonly string[];
  /** Drops the database, also under open connections, unless it is kept. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ExperimentDatabaseOptions {
  /** Keep the database on disposal. Default false. */
  readonly keep?: boolean;
}

const commentPrefix = 'made by orchlab';

/** Makes the database `orchlab_<name>_<random>` on `server`; throws a DatabaseError when that can't be done. */
export async function createExperimentDatabase(
  server: DatabaseServer,
  name: string,
  { keep = false }: ExperimentDatabaseOptions = {},
): Promise<ExperimentDatabase> {
  const database = `orchlab_${slugOf(name)}_${randomBytes(4).toString('hex')}`;
  const url = withDatabase(server.url, database);
  await using client = await connect(server.url);
  await createDatabase(client, server.url, database);
  const comment = `${commentPrefix} for an experiment${keep ? ', to be kept' : ` of ${ownerNote()}`}`;
  await client.query(`comment on database "${database}" is '${comment.replaceAll("'", "''")}'`);
  if (server.kind === 'external') await requireConnection(client, url, database);
  const { kind, version, settings, control, warnings } = server;
  return {
    kind,
    url,
    name: database,
    version,
    settings,
    warnings,
    kept: keep,
    get postmasterPid() {
      return server.postmasterPid;
    },
    ...(control && { control }),
    async [Symbol.asyncDispose]() {
      if (!keep) await dropWith(server, database);
    },
  };
}

export interface FoundDatabase {
  readonly name: string;
  /** That are open. */
  readonly connections: number;
  /** What its maker noted. */
  readonly comment: string;
}

/** Databases that `createExperimentDatabase` made on a server, by name. */
export async function findExperimentDatabases(client: DatabaseClient): Promise<readonly FoundDatabase[]> {
  // The name alone could be somebody's own: only what also carries our comment is ours.
  return await client.query<FoundDatabase>(
    `select d.datname as name, (select count(*)::int from pg_stat_activity a where a.datid = d.oid) as connections,
            shobj_description(d.oid, 'pg_database') as comment
     from pg_database d
     where d.datname ~ '^orchlab_.*_[0-9a-f]{8}$' and starts_with(shobj_description(d.oid, 'pg_database'), $1)
     order by 1`,
    [commentPrefix],
  );
}

export async function dropDatabase(client: DatabaseClient, name: string): Promise<void> {
  await client.query(`drop database if exists "${name.replaceAll('"', '""')}" with (force)`);
}

async function dropWith(server: DatabaseServer, database: string): Promise<void> {
  try {
    await using client = await connect(server.url);
    await dropDatabase(client, database);
  } catch (error) {
    // An embedded server takes its databases with it, also when it is gone before its time.
    if (server.kind === 'embedded') return;
    throw new DatabaseError(
      `could not drop the database "${database}": ${reasonOf(error)}. It is left behind: orchlab db clean removes it`,
      { cause: error },
    );
  }
}

async function createDatabase(client: DatabaseClient, serverUrl: string, database: string): Promise<void> {
  const endMs = performance.now() + 5000;
  for (;;) {
    try {
      await client.query(`create database "${database}"`);
      return;
    } catch (error) {
      const code = codeOf(error);
      // Somebody is connected to template1, mostly for a moment.
      if (code === '55006' && performance.now() < endMs) {
        await delay(100);
        continue;
      }
      const advice = unwritableAdvice(code);
      if (code !== '42501')
        throw new DatabaseError(
          `could not create a database beside ${describeAddress(serverUrl)}: ${reasonOf(error)}${advice && `. ${advice}`}`,
          {
            cause: error,
          },
        );
      const { user } = addressOf(serverUrl);
      throw new DatabaseError(
        `user "${user}" may not create databases at ${describeAddress(serverUrl)}, and orchlab makes one for each experiment. ` +
          `Let a superuser run: ALTER ROLE "${user}" CREATEDB; or use another user, or unset DATABASE_URL`,
        { cause: error },
      );
    }
  }
}

/** Behind a connection pooler a new database can't be reached, which would show much later and be hard to understand. */
async function requireConnection(client: DatabaseClient, url: string, database: string): Promise<void> {
  try {
    await using probe = await connect(url);
    await probe.query('select 1');
  } catch (error) {
    await dropDatabase(client, database).catch(() => undefined);
    throw new DatabaseError(
      `the new ${describeAddress(url)} can't be connected to: ${reasonOf(error)}. If DATABASE_URL leads to a connection pooler, name the Postgres server behind it`,
      { cause: error },
    );
  }
}

function slugOf(name: string): string {
  // 63 bytes are all that Postgres keeps of a name.
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  return slug.replaceAll(/^_+|_+$/g, '') || 'experiment';
}
