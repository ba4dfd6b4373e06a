import type pg from 'pg';
import type { Row } from '../results/tables.ts';
import { ownStatementMark } from './postgres-sampler.ts';

interface StatementReading {
  readonly key: string;
  readonly query: string;
  readonly calls: number;
  readonly total_ms: number;
  readonly rows: number;
}

const statementLimit = 50;
const queryCharacters = 500;

/** Strings with backslash escapes, plain ones, dollar quoted ones; one that was cut off goes to the end. */
const literals = /\be'(?:[^'\\]|\\.|'')*(?:'|$)|(?:\b[bnx]|\bu&)?'(?:[^']|'')*(?:'|$)|\$([a-z_]\w*)?\$.*?(?:\$\1\$|$)/gi;

const readingSql = `
  SELECT ${ownStatementMark} concat_ws(' ', userid, queryid, toplevel) AS key, query, calls::float8, total_exec_time AS total_ms, rows::float8
  FROM pg_stat_statements
  WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query IS NOT NULL`;

/** Reads what the statements of one database have taken since a moment. */
export interface StatementStatistics {
  /** The slowest in total, at most 50; none where pg_stat_statements is not to be had. */
  read(): Promise<readonly Row<'statements'>[]>;
}

/**
 * Begins to count the statements of the database that `pool` leads to, by the extension pg_stat_statements.
 *
 * The extension is made if need be and allowed; where it is not, there are no statistics, and no error. Nothing is reset, as that may
 * be somebody else's: what was counted before is taken off.
 */
export async function statementStatistics(pool: pg.Pool): Promise<StatementStatistics> {
  const readings = async (): Promise<readonly StatementReading[]> => (await pool.query<StatementReading>(readingSql)).rows;
  let before: ReadonlyMap<string, StatementReading>;
  try {
    await pool.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    before = new Map((await readings()).map((reading) => [reading.key, reading]));
  } catch {
    return { read: async () => [] };
  }
  return {
    async read() {
      const counted = (await readings())
        .filter(({ query }) => !query.includes(ownStatementMark))
        .map((now) => {
          const { calls = 0, total_ms = 0, rows = 0 } = before.get(now.key) ?? {};
          return {
            query: presentable(now.query),
            calls: now.calls - calls,
            totalSeconds: (now.total_ms - total_ms) / 1000,
            rows: now.rows - rows,
          };
        })
        .filter(({ calls }) => calls > 0);
      return counted
        .sort((a, b) => b.totalSeconds - a.totalSeconds)
        .slice(0, statementLimit)
        .map((statement) => ({ ...statement, meanSeconds: statement.totalSeconds / statement.calls }));
    },
  };
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
