import { Socket } from 'node:net';
import { Client, type QueryResultRow } from 'pg';
import { codeOf, reasonOf } from '../errors/error-reason.ts';
import { DatabaseError } from './database-server.ts';
import { describeAddress, passwordAdvice } from './database-url.ts';
import { ownApplication, ownTransactions } from './own-work.ts';

const connectTimeoutMs = 5000;

/** An open connection, closed on disposal. */
export interface DatabaseClient extends AsyncDisposable {
  /** What it connected with: that of the URL, else PGPASSWORD, else what PGPASSFILE (or ~/.pgpass) has for the server. */
  readonly password?: string | undefined;
  query<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly R[]>;
}

/**
 * Connects within 5 s, or throws a DatabaseError that says where to, why not and what to do. Where `signal` aborts, the connection is cut: what
 * waits for the server, also for the answer to a query, fails at once.
 */
export async function connect(url: string, signal?: AbortSignal): Promise<DatabaseClient> {
  const address = describeAddress(url);
  signal?.throwIfAborted();
  const socket = new Socket();
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: ownApplication,
    stream: () => socket,
  });
  const cut = (): void => void socket.destroy(new Error('interrupted'));
  signal?.addEventListener('abort', cut, { once: true });
  // A server that goes away under an idle connection must not end this process: the next query reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    ownTransactions.add();
  } catch (error) {
    signal?.removeEventListener('abort', cut);
    await client.end().catch(() => undefined);
    throw new DatabaseError(`could not connect to ${address}: ${reasonOf(error)}. ${passwordAdvice(url) ?? adviceFor(error)}`, {
      cause: error,
    });
  }
  return {
    password: client.password,
    async query<R extends QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      ownTransactions.add();
      return (await client.query<R>(sql, [...values])).rows;
    },
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener('abort', cut);
      await client.end();
    },
  };
}

function adviceFor(error: unknown): string {
  // What the client says when it has none, whatever the server asks for.
  if (/password must be a string|no password supplied/.test(reasonOf(error)))
    return 'The server asks for a password: put it into DATABASE_URL, PGPASSWORD or PGPASSFILE';
  const fallback = 'without DATABASE_URL orchlab starts a Postgres of its own';
  switch (codeOf(error) ?? '') {
    case '28P01':
    case '28000':
      return 'Check the user and the password in DATABASE_URL, and pg_hba.conf of the server';
    case '3D000':
      return 'Name a database that exists in DATABASE_URL, for instance postgres: orchlab makes its own beside it';
    case '53300':
      return 'The server has no connection left: raise max_connections or stop other clients';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Check the host name in DATABASE_URL; ${fallback}`;
    default:
      return `Check that the server runs and that DATABASE_URL names its host and port; ${fallback}`;
  }
}
