import type pg from 'pg';
import { ConfigError } from '../../config/config-error.ts';
import { readBatches } from '../read-batches.ts';
import type { TaskCounts, TaskRow } from '../target.ts';
import { queryCounts } from '../target-pool.ts';
import { toTaskCounts, toTaskState } from '../task-counts.ts';
import { type Value, type Values, fillValue } from './placeholders.ts';
import type { TargetFile } from './target-file.ts';
import type { Query } from './target-schema.ts';

const timeColumns = ['created_at', 'dispatched_at', 'started_at', 'finished_at'] as const;
const requiredColumns = ['run_id', 'task_index', 'status', 'created_at', 'started_at', 'finished_at'] as const;
const timestamptz = 1184;

/** The engine's tasks, read by the SQL of its description. */
export class TaskQueries {
  private readonly file: TargetFile;
  private readonly pool: pg.Pool;
  private readonly values: Values;
  private optional: ReadonlySet<string> | undefined;

  constructor(file: TargetFile, pool: pg.Pool, values: Values) {
    this.file = file;
    this.pool = pool;
    this.values = values;
  }

  /** Looks at the columns without reading a row. Throws a ConfigError that says what is wrong with the SQL. */
  async check(): Promise<void> {
    const { description } = this.file;
    const fields = await this.columns(description.tasks, ['tasks', 'sql']);
    const missing = requiredColumns.filter((name) => !fields.some((field) => field.name === name));
    if (missing.length > 0)
      throw this.problem(['tasks', 'sql'], `the columns ${requiredColumns.join(', ')}`, `none named ${missing.join(', ')}`);
    for (const name of timeColumns) {
      const field = fields.find((candidate) => candidate.name === name);
      if (field && field.dataTypeID !== timestamptz)
        throw this.problem(['tasks', 'sql'], `${name} as a timestamptz (for epoch milliseconds: to_timestamp(x / 1000.0))`, 'another type');
    }
    this.optional = new Set(fields.map((field) => field.name));
    if (!description.counts) return;
    const counted = await this.columns(description.counts, ['counts', 'sql']);
    for (const name of ['status', 'count']) {
      if (!counted.some((field) => field.name === name))
        throw this.problem(['counts', 'sql'], 'the columns status and count', `none named ${name}`);
    }
  }

  async counts(): Promise<TaskCounts> {
    const { tasks, counts, states } = this.file.description;
    const sql = counts
      ? `SELECT /* orchlab */ status::text AS status, count::int AS count FROM (${asPart(counts)}) AS counted`
      : `SELECT /* orchlab */ status::text AS status, count(*)::int AS count FROM (${asPart(tasks)}) AS task GROUP BY 1`;
    const rows = await queryCounts<{ status: string | null; count: number }>(this.pool, sql, this.parameters(counts ?? tasks));
    return toTaskCounts(
      this.file.name,
      states,
      rows.map(({ status, count }) => ({ status: status ?? 'NULL', count })),
    );
  }

  async *tasks(): AsyncGenerator<readonly TaskRow[]> {
    if (!this.optional) await this.check();
    const { tasks, states } = this.file.description;
    const has = (name: string): boolean => this.optional?.has(name) ?? false;
    const ms = timeColumns.map((name) => (has(name) ? `extract(epoch FROM ${name})::float8 * 1000 AS ${name}` : `NULL::float8 AS ${name}`));
    const attempts = has('attempts') ? 'coalesce(attempts, 0)::int' : '0';
    const sql = `SELECT run_id::text AS run_id, task_index::int AS task_index, status::text AS status, ${attempts} AS attempts, ${ms.join(', ')}
                 FROM (${asPart(tasks)}) AS task`;
    for await (const rows of readBatches<Row>(this.pool, sql, this.parameters(tasks))) {
      yield rows.map((row) => ({
        ...this.requireKeys(row),
        status: toTaskState(this.file.name, states, row.status ?? 'NULL'),
        createdMs: row.created_at ?? Number.NaN,
        dispatchedMs: row.dispatched_at ?? Number.NaN,
        startedMs: row.started_at ?? Number.NaN,
        finishedMs: row.finished_at ?? Number.NaN,
        attempts: row.attempts,
      }));
    }
  }

  /** Whose a row is. Throws when it does not say. */
  private requireKeys(row: Row): Pick<TaskRow, 'runId' | 'taskIndex'> {
    const { run_id: runId, task_index: taskIndex } = row;
    if (runId !== null && taskIndex !== null) return { runId, taskIndex };
    throw this.problem(
      ['tasks', 'sql'],
      'a run_id and a task_index in every row',
      `a row whose ${runId === null ? 'run_id' : 'task_index'} is NULL`,
    );
  }

  private async columns(query: Query, path: readonly string[]): Promise<readonly pg.FieldDef[]> {
    try {
      const { fields } = await this.pool.query(`SELECT /* orchlab */ * FROM (${asPart(query)}) AS part LIMIT 0`, this.parameters(query));
      return fields;
    } catch (error) {
      throw this.problem(path, 'SQL that the database takes', (error as Error).message);
    }
  }

  private parameters(query: Query): Value[] {
    return query.parameters.map((value) => fillValue(value, this.values));
  }

  private problem(path: readonly string[], expected: string, got: string): ConfigError {
    return new ConfigError([{ place: this.file.placeOf(path), key: path.join('.'), expected, got }]);
  }
}

interface Row {
  readonly run_id: string | null;
  readonly task_index: number | null;
  readonly status: string | null;
  readonly attempts: number;
  readonly created_at: number | null;
  readonly dispatched_at: number | null;
  readonly started_at: number | null;
  readonly finished_at: number | null;
}

/** SQL that can stand in brackets. */
function asPart({ sql }: Query): string {
  return sql.trim().replace(/;$/, '');
}
