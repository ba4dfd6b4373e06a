import type pg from 'pg';
import { ownApplication, ownStatementMark, submissionApplication } from '../database/own-work.ts';
import { type Row, notifyQueue } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';

/** What one reading gives: a row, and one for each thing that connections wait for. */
export interface PostgresRows {
  readonly postgres: Row<'postgres'>;
  /** Of the largest tables; none where it was not time to read them. */
  readonly tableSizes: readonly Row<'tableSizes'>[];
  readonly waits: readonly Row<'waits'>[];
  /** The backends that serve orchlab itself. */
  readonly ownPids: readonly number[];
}

interface ActivityReading {
  readonly active: number;
  readonly idle: number;
  readonly idle_in_transaction: number;
  readonly waiting_for_lock: number;
  readonly commits: string;
  readonly rollbacks: string;
  readonly wal_bytes: string;
  readonly own_pids: readonly number[];
}

interface WaitReading {
  readonly type: string;
  readonly event: string;
  readonly subject: string;
  readonly client: Row<'waits'>['client'];
  readonly connections: number;
}

interface TableReading {
  readonly name: string;
  /** NULL of a table that was dropped meanwhile. */
  readonly table_bytes: number | null;
  readonly index_bytes: number | null;
  readonly live_tuples: number;
  readonly dead_tuples: number;
  readonly vacuums: number;
}

/** Connections that are not orchlab's own; the name of one that this user may not see is not known. */
const isOthers = `coalesce(application_name, '') NOT LIKE '${ownApplication}%'`;

/**
 * What the backend of `activity` waits to lock. A commit that notifies locks the database with the oid 0, in no database, for all that
 * notify in the whole server to go one by one (PreCommit_Notify in Postgres' async.c). Who waits for a row has locked it beforehand as the next in turn.
 */
const lockedSql = `(
  SELECT max(CASE
    WHEN locktype = 'object' AND database = 0 AND classid = 'pg_database'::regclass AND objid = 0 THEN '${notifyQueue}'
    WHEN relation IS NOT NULL THEN relation::regclass::text
    WHEN locktype = 'object' THEN classid::regclass || ' ' || objid
    WHEN locktype = 'advisory' THEN concat_ws(' ', 'advisory', classid, objid)
  END) FROM lock WHERE lock.pid = activity.pid)`;

// WAL is the whole server's: Postgres does not tell it by database.
// Two statements in one message: one round trip, and one transaction. Locks are looked at only where some connection waits for one.
const activitySql = `
  SELECT ${ownStatementMark}
    count(*) FILTER (WHERE ${isOthers} AND state = 'active')::int AS active,
    count(*) FILTER (WHERE ${isOthers} AND state = 'idle')::int AS idle,
    count(*) FILTER (WHERE ${isOthers} AND state LIKE 'idle in transaction%')::int AS idle_in_transaction,
    count(*) FILTER (WHERE ${isOthers} AND state = 'active' AND wait_event_type IN ('Lock', 'LWLock'))::int AS waiting_for_lock,
    (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits,
    (SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()) AS rollbacks,
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS wal_bytes,
    coalesce(array_agg(pid) FILTER (WHERE NOT ${isOthers}), '{}') AS own_pids
  FROM pg_stat_activity
  WHERE datname = current_database();
  WITH lock AS MATERIALIZED (SELECT * FROM pg_locks WHERE NOT granted OR locktype = 'tuple')
  SELECT ${ownStatementMark} coalesce(wait_event_type, '') AS type, coalesce(wait_event, '') AS event,
    CASE application_name WHEN '${submissionApplication}' THEN 'submissions' ELSE 'engine' END AS client,
    coalesce(CASE wait_event_type WHEN 'Lock' THEN ${lockedSql} END, '') AS subject,
    count(*)::int AS connections
  FROM pg_stat_activity AS activity
  WHERE datname = current_database() AND ${isOthers} AND state = 'active'
  GROUP BY 1, 2, 3, 4`;

// TOAST is in a table's size.
const sizeSql = `
  SELECT ${ownStatementMark} pg_database_size(current_database())::float8 AS database_bytes;
  SELECT ${ownStatementMark} relid::regclass::text AS name, pg_table_size(relid)::float8 AS table_bytes, pg_indexes_size(relid)::float8 AS index_bytes,
    n_live_tup::float8 AS live_tuples, n_dead_tup::float8 AS dead_tuples, (vacuum_count + autovacuum_count)::float8 AS vacuums
  FROM pg_stat_user_tables`;

/** Of how many tables a reading tells, the largest. */
const tableLimit = 10;

/** Sizes are asked of the file system, file by file: at most every other second, and for at most this share of the time; and at the end. */
const sizeIntervalMs = 2000;
const sizeDutyRatio = 0.01;

/**
 * Makes a function that reads the experiment's database once. Counters begin at 0 with the first reading. What is orchlab's own is in
 * none but `ownTransactions`: its connections are known by their name, and its transactions, which `ownCount` counts, are taken out.
 */
export function postgresReader(pool: pg.Pool, clock: Clock, ownCount: () => number): (isLast?: boolean) => Promise<PostgresRows> {
  let baseline: { commits: number; rollbacks: number; walBytes: number; own: number } | undefined;
  let commits = 0;
  let nextSizeMs = -Infinity;
  const [commitCount, rollbackCount] = [unbroken(), unbroken()];

  const readSizes = async (isLast: boolean): Promise<Sizes> => {
    const beganMs = clock.nowMs();
    // A short experiment's growth is known by no other reading than the last.
    if (beganMs < nextSizeMs && !isLast)
      return { tableSizes: [], databaseBytes: Number.NaN, tablesBytes: Number.NaN, liveTuples: Number.NaN, deadTuples: Number.NaN };
    const [database, tables] = (await pool.query(sizeSql)) as unknown as [
      pg.QueryResult<{ readonly database_bytes: number }>,
      pg.QueryResult<TableReading>,
    ];
    nextSizeMs = beganMs + Math.max(sizeIntervalMs, (clock.nowMs() - beganMs) / sizeDutyRatio);
    const sum = (of: (reading: TableReading) => number): number => tables.rows.reduce((total, reading) => total + of(reading), 0);
    const largest = tables.rows.filter((reading) => bytesOf(reading) > 0).toSorted((one, other) => bytesOf(other) - bytesOf(one));
    return {
      databaseBytes: database.rows[0]?.database_bytes ?? Number.NaN,
      tablesBytes: sum(bytesOf),
      liveTuples: sum((reading) => reading.live_tuples),
      deadTuples: sum((reading) => reading.dead_tuples),
      tableSizes: largest.slice(0, tableLimit).map((reading) => ({
        atMs: beganMs,
        table: reading.name,
        tableBytes: reading.table_bytes ?? Number.NaN,
        indexBytes: reading.index_bytes ?? Number.NaN,
        liveTuples: reading.live_tuples,
        deadTuples: reading.dead_tuples,
        vacuums: reading.vacuums,
      })),
    };
  };

  return async (isLast = false) => {
    const atMs = clock.nowMs();
    const results = (await pool.query(activitySql)) as unknown as [pg.QueryResult<ActivityReading>, pg.QueryResult<WaitReading>];
    const own = ownCount();
    const [reading] = results[0].rows;
    if (!reading) throw new Error('the statistics query gave no row');
    const readMs = clock.nowMs() - atMs;
    const now = {
      commits: commitCount(Number(reading.commits)),
      rollbacks: rollbackCount(Number(reading.rollbacks)),
      walBytes: Number(reading.wal_bytes),
      own,
    };
    baseline ??= now;
    // A backend reports what it committed up to a second later, our own as well: for a moment too much may be taken out.
    commits = Math.max(commits, now.commits - baseline.commits - (own - baseline.own));
    const { tableSizes, ...sizes } = await readSizes(isLast);
    return {
      tableSizes,
      postgres: {
        atMs,
        readMs,
        connectionsActive: reading.active,
        connectionsIdle: reading.idle,
        connectionsIdleInTransaction: reading.idle_in_transaction,
        connectionsWaitingForLock: reading.waiting_for_lock,
        commits,
        ownTransactions: own - baseline.own,
        rollbacks: now.rollbacks - baseline.rollbacks,
        walBytes: now.walBytes - baseline.walBytes,
        ...sizes,
      },
      waits: results[1].rows.map(({ type, event, ...others }) => ({ atMs, waitEventType: type, waitEvent: event, ...others })),
      ownPids: reading.own_pids,
    };
  };
}

type Sizes = Pick<Row<'postgres'>, 'databaseBytes' | 'tablesBytes' | 'liveTuples' | 'deadTuples'> & Pick<PostgresRows, 'tableSizes'>;

/** Of a table with its indexes. */
function bytesOf({ table_bytes: table, index_bytes: index }: TableReading): number {
  return (table ?? 0) + (index ?? 0);
}

/** A counter that goes on where the server's begins anew: a crash takes its statistics away. */
function unbroken(): (value: number) => number {
  let [last, before] = [0, 0];
  return (value) => {
    if (value < last) before += last;
    last = value;
    return before + value;
  };
}
