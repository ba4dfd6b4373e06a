import type pg from 'pg';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { ownStatementMark } from '../database/own-work.ts';

const kinds = ['autovacuum', 'autoanalyze', 'vacuum', 'analyze'] as const;

/** A table that was vacuumed or analyzed lately, in one of the ways. */
interface MaintenanceReading {
  readonly relation: string;
  readonly name: string;
  readonly kind: (typeof kinds)[number];
  /** How often since the statistics began, and how long that took in all; null before Postgres 18. */
  readonly times: number;
  readonly total_ms: number | null;
  /** Since the last of them ended. */
  readonly age_seconds: number;
  readonly planner_rows: number;
}

const relations = `c.relkind IN ('r', 'm', 'p', 't')`;

/** What the planner takes tables to hold; -1: never vacuumed nor analyzed. */
const plannerRowsSql = `SELECT ${ownStatementMark} c.oid::text AS relation, c.reltuples::float8 AS planner_rows FROM pg_class AS c WHERE ${relations}`;

/** Of what was done within the last $1 seconds. The last times come first: of tables to which nothing was done, nothing else is asked. */
const readingSql = (serverVersion: number): string => `
  SELECT ${ownStatementMark} c.oid::text AS relation, done.kind, done.times::int, done.total_ms::float8, c.reltuples::float8 AS planner_rows,
    extract(epoch FROM clock_timestamp() - done.last_at)::float8 AS age_seconds,
    CASE c.relkind
      WHEN 't' THEN (SELECT owner.oid::regclass || ' (TOAST)' FROM pg_class AS owner WHERE owner.reltoastrelid = c.oid)
      ELSE c.oid::regclass::text
    END AS name
  FROM pg_class AS c CROSS JOIN LATERAL (VALUES ${kinds
    .map((kind) => {
      const total = serverVersion >= 180_000 ? `pg_stat_get_total_${kind}_time(c.oid)` : 'NULL';
      return `('${kind}', pg_stat_get_${kind}_count(c.oid), pg_stat_get_last_${kind}_time(c.oid), ${total})`;
    })
    .join(', ')}) AS done (kind, times, last_at, total_ms)
  WHERE ${relations}
    AND greatest(${kinds.map((kind) => `pg_stat_get_last_${kind}_time(c.oid)`).join(', ')}) >= clock_timestamp() - make_interval(secs => $1)
    AND done.last_at >= clock_timestamp() - make_interval(secs => $1)`;

/** Long enough for all that the statistics know; make_interval takes no infinity. */
const everSeconds = 1e9;
/** A reading reaches back beyond the one before by so much: what is reported in the moment of a reading is not missed. */
const overlapSeconds = 5;

/**
 * Makes a function that reads which tables of the database that `pool` leads to were vacuumed or analyzed since the reading before, and by
 * whom; none in the first. By the statistics of Postgres: on any server, without a look at its log.
 *
 * When one ended is exact, told by its age, so that the database's clock does not matter; how long it took is known from Postgres 18 on. Of a table to
 * which the same was done more than once between two readings the last is told, and how often.
 */
export function maintenanceReader(pool: pg.Pool, clock: Clock, serverVersion: number): () => Promise<readonly Row<'events'>[]> {
  const known = new Map<string, { readonly times: number; readonly totalMs: number }>();
  const plannerRows = new Map<string, number>();
  let lastReadMs = Number.NaN;

  const toEvent = (reading: MaintenanceReading, nowMs: number): Row<'events'> | undefined => {
    const { relation, kind, name, planner_rows } = reading;
    const before = known.get(`${relation} ${kind}`) ?? { times: 0, totalMs: 0 };
    const now = { times: reading.times, totalMs: reading.total_ms ?? Number.NaN };
    known.set(`${relation} ${kind}`, now);
    const times = now.times - before.times;
    if (times <= 0 || Number.isNaN(lastReadMs)) return undefined;
    const endedMs = nowMs - 1000 * reading.age_seconds;
    const detail = `${plannerWords(plannerRows.get(relation), planner_rows)}${times > 1 ? `; the last of ${times} in a row` : ''}`;
    return { beganMs: endedMs - (now.totalMs - before.totalMs) / times, endedMs, kind, subject: name, detail };
  };

  return async () => {
    const beganMs = clock.nowMs();
    const isFirst = Number.isNaN(lastReadMs);
    if (isFirst) {
      const { rows } = await pool.query<{ relation: string; planner_rows: number }>(plannerRowsSql);
      for (const { relation, planner_rows } of rows) plannerRows.set(relation, planner_rows);
    }
    const sinceSeconds = isFirst ? everSeconds : (beganMs - lastReadMs) / 1000 + overlapSeconds;
    const { rows } = await pool.query<MaintenanceReading>(readingSql(serverVersion), [sinceSeconds]);
    const nowMs = clock.nowMs();
    const events = rows.flatMap((reading) => toEvent(reading, nowMs) ?? []);
    for (const { relation, planner_rows } of rows) plannerRows.set(relation, planner_rows);
    lastReadMs = beganMs;
    return events.toSorted((one, other) => one.endedMs - other.endedMs);
  };
}

function plannerWords(before: number | undefined, after: number): string {
  const words = (rows: number): string =>
    rows < 0 ? 'nothing' : rows === 0 ? 'no rows' : `${Math.round(rows).toLocaleString('en-US')} rows`;
  return `the planner knew of ${before === undefined ? '' : `${words(before)} before and of `}${words(after)} after it`;
}
