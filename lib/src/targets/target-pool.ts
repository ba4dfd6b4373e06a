import pg from 'pg';
import { ownApplication, ownTransactions } from '../database/own-work.ts';

/** A database that does not answer a count for so long is gone, or hangs. */
export const answerLimitSeconds = 10;

/** Connections of a target's own. */
export function openPool(
  databaseUrl: string,
  options: Pick<pg.PoolConfig, 'max' | 'connectionTimeoutMillis' | 'application_name'>,
): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, ...options });
  pool.on('error', () => undefined); // an idle connection that breaks shows in the next query
  return pool;
}

/**
 * The pool that a target counts and reads its tasks through: one count at a time for the progress, one for the runs in flight.
 *
 * It is orchlab's, not the engine's: told apart by its name, and its transactions are counted. What submits runs is the engine's client
 * and has a pool of its own.
 */
export function openCountingPool(databaseUrl: string): pg.Pool {
  const pool = openPool(databaseUrl, {
    max: 2,
    connectionTimeoutMillis: answerLimitSeconds * 1000,
    application_name: `${ownApplication} counts`,
  });
  ownTransactions.countPool(pool);
  return pool;
}

/**
 * The rows of a count. Rejects when the database has not answered after `answerLimitSeconds`, and lets the connection go: two
 * that hang would be all that the pool has, for the counts after them and for the reading of the tasks.
 */
export async function queryCounts<R extends object>(pool: pg.Pool, sql: string, values: readonly unknown[]): Promise<readonly R[]> {
  // Not an option of the pool: it would end a cursor, too, which may well be read for longer. The types know it of the pool only.
  const query: pg.QueryConfig & { readonly query_timeout: number } = {
    text: sql,
    values: [...values],
    query_timeout: answerLimitSeconds * 1000,
  };
  return (await pool.query<R>(query)).rows;
}
