import pg from 'pg';
import { ownApplication, ownTransactions, submissionApplication } from '../database/own-work.ts';

/** Of making a connection. */
const connectLimitMs = 10_000;

/** Connections of a target's own. */
export function openPool(
  databaseUrl: string,
  options: Pick<pg.PoolConfig, 'max' | 'connectionTimeoutMillis' | 'idleTimeoutMillis' | 'application_name' | 'query_timeout'>,
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
 * The pool that a target makes its tables and reads its tasks through.
 *
 * It is orchlab's, not the engine's: told apart by its name, and its transactions are counted. What submits runs is the engine's client
 * and has a pool of its own.
 */
export function openOwnPool(databaseUrl: string): pg.Pool {
  const pool = openPool(databaseUrl, {
    max: 2,
    connectionTimeoutMillis: connectLimitMs,
    application_name: `${ownApplication} target`,
  });
  ownTransactions.countPool(pool);
  return pool;
}

/** How connections by which a history is added are named. */
export const historyApplication = `${ownApplication} history`;

/**
 * Calls `add` with a pool for the rows of a history, and closes it: a backend may report what it inserted up to 10 s later, or when it ends; reported after
 * the vacuum that follows, it would count twice, and bring on another one.
 */
export async function withHistoryPool<T>(databaseUrl: string, add: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = openPool(databaseUrl, { max: 1, connectionTimeoutMillis: connectLimitMs, application_name: historyApplication });
  ownTransactions.countPool(pool);
  try {
    return await add(pool);
  } finally {
    await pool.end();
  }
}
