import type { PostgresControl } from './postgres-control.ts';

/** A Postgres that databases for experiments can be made on. */
export interface DatabaseServer extends AsyncDisposable {
  /** embedded: started for this process alone; shared: `orchlab db start`; external: DATABASE_URL. */
  readonly kind: 'embedded' | 'shared' | 'external';
  /** URL of a database to connect to for making others. Holds the password: never shown or written. */
  readonly url: string;
  /** For instance `18.4`. */
  readonly version: string;
  /** Settings that bear on its speed, see `readServerSettings`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Process id of the server, where it runs on this machine and can be told. */
  readonly postmasterPid?: number;
  /** What a fault may do to it; only where orchlab started it for this process alone. */
  readonly control?: PostgresControl;
  /** What the reader of figures should know, each a sentence. */
  readonly warnings: readonly string[];
  /** Stops an embedded server and removes its files; leaves the other kinds running. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The database can't be had or used. Its message says which (never the password), what went wrong and what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}
