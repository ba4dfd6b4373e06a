import type pg from 'pg';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { ownStatementMark } from '../database/own-work.ts';

/** Counters of a statement, as pg_stat_statements has them. */
interface Counters {
  readonly calls: number;
  readonly ms: number;
  readonly rows: number;
  readonly blocks: number;
}

interface StatementReading extends Counters {
  readonly user_id: string;
  readonly query_id: string;
  readonly is_top_level: boolean;
}

/** A statement that was executed since the experiment began. */
interface Statement {
  /** Its row in the table of statements; undefined until it was told. */
  index?: number;
  /** What has been told of it, and when. */
  told: Counters;
  sinceMs: number;
}

/** Of how many a reading tells, those that took most. */
const statementLimit = 50;
const queryCharacters = 500;

/** Strings with backslash escapes, plain ones, dollar quoted ones; one that was cut off goes to the end. */
const literals = /\be'(?:[^'\\]|\\.|'')*(?:'|$)|(?:\b[bnx]|\bu&)?'(?:[^']|'')*(?:'|$)|\$([a-z_]\w*)?\$.*?(?:\$\1\$|$)/gi;

const ofThisDatabase = `dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL`;

/** Without the texts, which are in a file that would be read each time. */
const countersSql = `
  SELECT ${ownStatementMark} userid::text AS user_id, queryid::text AS query_id, toplevel AS is_top_level, calls::float8, total_exec_time AS ms,
    rows::float8, (shared_blks_hit + shared_blks_read)::float8 AS blocks
  FROM pg_stat_statements(false)
  WHERE ${ofThisDatabase}`;

const textsSql = `
  SELECT ${ownStatementMark} DISTINCT ON (queryid) queryid::text AS query_id, query
  FROM pg_stat_statements
  WHERE ${ofThisDatabase} AND queryid = ANY ($1::bigint[]) AND query IS NOT NULL`;

/** What one reading tells. */
export interface StatementRows {
  readonly statements: readonly Row<'statements'>[];
  readonly statementReadings: readonly Row<'statementReadings'>[];
}

/**
 * Begins to count the statements of the database that `pool` leads to, by the extension pg_stat_statements; the function that it gives tells what they
 * have taken since it was last asked, the 50 that took most, and of each the text once. What is not among those is told with a later reading.
 *
 * The extension is made if need be and allowed; where it is not, there are no statistics, and no error. Nothing is reset, as that may
 * be somebody else's: what was counted before is taken off.
 */
export async function statementReader(pool: pg.Pool, clock: Clock): Promise<() => Promise<StatementRows>> {
  const readings = async (): Promise<readonly StatementReading[]> => (await pool.query<StatementReading>(countersSql)).rows;
  const known = new Map<string, Statement>();
  /** Orchlab's own, by the id of the query. */
  const own = new Set<string>();
  let count = 0;
  let lastReadMs = clock.nowMs();
  try {
    await pool.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    for (const reading of await readings()) known.set(keyOf(reading), { told: reading, sinceMs: lastReadMs });
  } catch {
    return async () => ({ statements: [], statementReadings: [] });
  }

  return async () => {
    const all = await readings();
    const atMs = clock.nowMs();
    const risen = all.flatMap((now) => {
      if (own.has(now.query_id)) return [];
      const key = keyOf(now);
      let statement = known.get(key);
      if (!statement) known.set(key, (statement = { told: none, sinceMs: lastReadMs }));
      const rise = riseOf(statement.told, now);
      if (rise.calls > 0) return [{ statement, rise, now }];
      // Its time counts from the last reading that it was not executed in.
      statement.sinceMs = atMs;
      return [];
    });
    const most = risen.toSorted((one, other) => other.rise.ms - one.rise.ms).slice(0, statementLimit);
    const unknown = [...new Set(most.filter(({ statement }) => statement.index === undefined).map(({ now }) => now.query_id))];
    const texts = unknown.length === 0 ? [] : (await pool.query<{ query_id: string; query: string }>(textsSql, [unknown])).rows;
    const textOf = new Map(texts.map(({ query_id, query }) => [query_id, query]));
    for (const { query_id, query } of texts) if (query.includes(ownStatementMark)) own.add(query_id);

    const statements: Row<'statements'>[] = [];
    const statementReadings: Row<'statementReadings'>[] = [];
    for (const { statement, rise, now } of most) {
      if (own.has(now.query_id)) continue;
      if (statement.index === undefined) {
        const query = textOf.get(now.query_id);
        // One that was thrown out in between.
        if (query === undefined) continue;
        statement.index = count++;
        statements.push({ statementIndex: statement.index, query: presentable(query) });
      }
      const { calls, ms, rows, blocks } = rise;
      statementReadings.push({
        atMs,
        sinceMs: statement.sinceMs,
        statementIndex: statement.index,
        calls,
        seconds: ms / 1000,
        rows,
        blocks,
      });
      statement.told = now;
      statement.sinceMs = atMs;
    }
    // Those that Postgres has thrown out, as it does where there are always new ones; one that comes back is new. What is in the file keeps its row there.
    if (known.size > all.length) {
      const there = new Set(all.map(keyOf));
      for (const [key, { index }] of known) if (index === undefined && !there.has(key)) known.delete(key);
    }
    lastReadMs = atMs;
    return { statements, statementReadings };
  };
}

const none: Counters = { calls: 0, ms: 0, rows: 0, blocks: 0 };

function keyOf({ user_id, query_id, is_top_level }: StatementReading): string {
  return `${user_id} ${query_id} ${is_top_level}`;
}

/** Counters that fell began anew: the statement was thrown out, or somebody reset all. */
function riseOf(told: Counters, now: Counters): Counters {
  const from = now.calls < told.calls ? none : told;
  return { calls: now.calls - from.calls, ms: now.ms - from.ms, rows: now.rows - from.rows, blocks: now.blocks - from.blocks };
}

/**
 * A statement's text on one line, cut to a sensible length, without literals.
 *
 * pg_stat_statements puts $1 for the literals of queries, but not for those of utility statements (a password in ALTER ROLE, the payload
 * of NOTIFY), nor for a statement that was prepared before its entry was made: so strings are taken out here, and numbers in the former.
 */
export function presentable(query: string): string {
  const line = query.replaceAll(/\s+/g, ' ').trim();
  const isQuery = /^(\/\*.*?\*\/ ?)*\(?(select|insert|update|delete|merge|with|values|table)\b/i.test(line);
  // Of a utility statement the first two words say what it is; further ones could be anything.
  const text = isQuery
    ? line
    : line.replace(/^(\w+)( \w+)?.*$/, (whole, first: string, second = '') => {
        const short = `${first}${second as string}`;
        return short === whole ? short : `${short} …`;
      });
  const clean = text.replaceAll(literals, '?');
  return clean.length > queryCharacters ? `${clean.slice(0, queryCharacters - 1)}…` : clean;
}
