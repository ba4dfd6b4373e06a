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
