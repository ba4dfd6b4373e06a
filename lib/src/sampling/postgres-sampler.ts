import type pg from 'pg';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';

interface PostgresReading {
  readonly active: number;
  readonly idle: number;
  readonly idle_in_transaction: number;
  readonly waiting_for_lock: number;
  readonly commits: string;
  readonly rollbacks: string;
  readonly wal_bytes: string;
  readonly database_bytes: string;
}

// The reader's own connection is left out. WAL is the whole server's: Postgres does not tell it by database.
const readingSql = `
  SELECT
    count(*) FILTER (WHERE state = 'active')::int AS active,
    count(*) FILTER (WHERE state = 'idle')::int AS idle,
    count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS idle_in_transaction,
    count(*) FILTER (WHERE state = 'active' AND wait_event_type IN ('Lock', 'LWLock'))::int AS waiting_for_lock,
    (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits,
    (SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()) AS rollbacks,
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS wal_bytes,
    pg_database_size(current_database()) AS database_bytes
  FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** Makes a function that reads the experiment's database once. Counters begin at 0 with the first reading. */
export function postgresReader(pool: pg.Pool, clock: Clock): () => Promise<Row<'postgres'>> {
  let baseline: { commits: number; rollbacks: number; walBytes: number } | undefined;
  return async () => {
    const atMs = clock.nowMs();
    const { rows } = await pool.query<PostgresReading>(readingSql);
    const [reading] = rows;
    if (!reading) throw new Error('the statistics query gave no row');
    const now = { commits: Number(reading.commits), rollbacks: Number(reading.rollbacks), walBytes: Number(reading.wal_bytes) };
    baseline ??= now;
    return {
      atMs,
      readMs: clock.nowMs() - atMs,
      connectionsActive: reading.active,
      connectionsIdle: reading.idle,
      connectionsIdleInTransaction: reading.idle_in_transaction,
      connectionsWaitingForLock: reading.waiting_for_lock,
      commits: now.commits - baseline.commits,
      rollbacks: now.rollbacks - baseline.rollbacks,
      walBytes: now.walBytes - baseline.walBytes,
      databaseBytes: Number(reading.database_bytes),
    };
  };
}
