import pg from 'pg';
import { ownApplication, ownTransactions, submissionApplication } from '../database/own-work.ts';
import type { OpenWork } from './target.ts';

/**
 * A count that has had no answer for so long is given up, and its connection with it: one that was cut off without a word must not hold the
 * next. Whether the database lives is asked elsewhere, every second.
 */
export const answerLimitSeconds = 60;
/** Of making a connection. */
const connectLimitMs = 10_000;

/** Connections of a target's own. */
export function openPool(
  databaseUrl: string,
  options: Pick<pg.PoolConfig, 'max' | 'connectionTimeoutMillis' | 'application_name'>,
): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, ...options });
  pool.on('error', () => undefined); // an idle connection that breaks shows in the next query
  return pool;
}

/** The connections by which runs are submitted, as many as may be under way at once: the engine's client, told apart by its name in what waits for locks. */
export function openSubmitPool(databaseUrl: string, max: number): pg.Pool {
  return openPool(databaseUrl, { max, application_name: submissionApplication });
}

/**
 * The pool that a target counts what is open and reads its tasks through: one count at a time, beside a look at the tasks.
 *
 * It is orchlab's, not the engine's: told apart by its name, and its transactions are counted. What submits runs is the engine's client
 * and has a pool of its own.
 */
export function openCountingPool(databaseUrl: string): pg.Pool {
  const pool = openPool(databaseUrl, {
    max: 2,
    connectionTimeoutMillis: connectLimitMs,
    application_name: `${ownApplication} counts`,
  });
  ownTransactions.countPool(pool);
  return pool;
}

/** Runs a count of open work, SQL that gives one row of `runs` and `tasks`. Rejects when the database has not answered after `answerLimitSeconds`. */
export async function queryOpen(pool: pg.Pool, sql: string, values: readonly unknown[]): Promise<OpenWork> {
  const [row] = await queryCounts<{ runs: unknown; tasks: unknown }>(pool, sql, values);
  return { runs: Number(row?.runs ?? 0), tasks: Number(row?.tasks ?? 0) };
}

/** The rows of a count, with the same limit. */
export async function queryCounts<R extends object>(pool: pg.Pool, sql: string, values: readonly unknown[]): Promise<readonly R[]> {
  // Not an option of the pool: it would end a cursor, too, which may well be read for longer. The types know it of the pool only.
  const query: pg.QueryConfig & { readonly query_timeout: number } = {
    text: sql,
    values: [...values],
    query_timeout: answerLimitSeconds * 1000,
  };
  return (await pool.query<R>(query)).rows;
}
