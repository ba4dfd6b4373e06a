import type pg from 'pg';
import { type OwnTransactions, ownApplication, ownTransactions } from '../database/own-work.ts';
import { withLimit } from '../timing/with-limit.ts';
import type { OpenQuery, OpenWork, Target } from './target.ts';
import { openPool } from './target-pool.ts';

/**
 * A count that has had no answer for so long is given up, and its connection with it: one that was cut off without a word must not hold the
 * next. Whether the database lives is asked elsewhere, every second.
 */
export const answerLimitSeconds = 60;
const connectLimitMs = 10_000;
/** Of closing the connection: one that still waits for an answer is left to its end. */
const closeLimitSeconds = 0.5;

/** Asks a target how much is open. */
export interface OpenCounter extends AsyncDisposable {
  /** `acceptedRuns`: how many the engine has accepted by now, for a query that takes it. Rejects where no answer has come after `answerLimitSeconds`. */
  count(acceptedRuns: number): Promise<OpenWork>;
}

/** A counter over a connection of its own, or through the function where the target gives one. Its transactions are counted in `own`. */
export function openCounter(open: Target['open'], databaseUrl: string, own: OwnTransactions = ownTransactions): OpenCounter {
  if (typeof open === 'function') return { count: async () => open(), [Symbol.asyncDispose]: async () => undefined };
  const pool = openPool(databaseUrl, {
    max: 1,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: answerLimitSeconds * 1000,
    application_name: `${ownApplication} counts`,
  });
  own.countPool(pool);
  return {
    count: async (acceptedRuns) => queryOpen(pool, open, acceptedRuns),
    async [Symbol.asyncDispose]() {
      await withLimit(pool.end(), closeLimitSeconds, 'closing a connection').catch(() => undefined);
    },
  };
}

interface CountRow {
  readonly runs: unknown;
  readonly tasks: unknown;
  readonly problem?: string | null;
}

async function queryOpen(pool: pg.Pool, { sql, values, takesAcceptedRuns }: OpenQuery, acceptedRuns: number): Promise<OpenWork> {
  const { rows } = await pool.query<CountRow>(sql, takesAcceptedRuns ? [...values, acceptedRuns] : [...values]);
  const { runs = 0, tasks = 0, problem = null } = rows[0] ?? {};
  if (problem !== null) throw new Error(problem);
  return { runs: Number(runs), tasks: Number(tasks) };
}
