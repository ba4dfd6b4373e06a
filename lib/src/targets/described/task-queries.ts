import type pg from 'pg';
import { ConfigError } from '../../config/config-error.ts';
import { readBatches } from '../read-batches.ts';
import { answerLimitSeconds } from '../open-counter.ts';
import type { OpenQuery, TaskRow } from '../target.ts';
import { isEnd, toTaskState, unknownState } from '../task-state.ts';
import { type Value, type Values, fillValue } from './placeholders.ts';
import type { TargetFile } from './target-file.ts';
import type { Query } from './target-schema.ts';

const timeColumns = ['created_at', 'dispatched_at', 'started_at', 'finished_at'] as const;
const requiredColumns = ['run_id', 'task_index', 'status', 'created_at', 'started_at', 'finished_at'] as const;
const timestamptz = 1184;
/** Where the state goes in what is said of one that nobody named. */
const statePlace = '{state}';

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
    if (!description.open) return;
    const counted = await this.columns(description.open, ['open', 'sql']);
    for (const name of ['runs', 'tasks']) {
      if (!counted.some((field) => field.name === name))
        throw this.problem(['open', 'sql'], 'the columns runs and tasks', `none named ${name}`);
    }
  }

  /** The count of what is open: the description's own, or what was accepted less what has ended, which looks at every task. */
  open(tasksPerRun: number): OpenQuery {
    const { open } = this.file.description;
    if (open) return { sql: `SELECT /* orchlab */ runs, tasks FROM (${asPart(open)}) AS open`, values: this.parameters(open) };
    const { sql, values } = this.endedCount(tasksPerRun);
    const [each, accepted] = [`$${values.length + 1}::int`, `$${values.length + 2}::int`];
    return {
      // A run that was accepted is open until its tasks have ended, also while the engine has not made them yet.
      sql: `
        WITH ended AS (${sql})
        SELECT /* orchlab */ greatest(0, ${accepted} - runs) AS runs, greatest(${accepted} * ${each} - tasks, open) AS tasks, problem
        FROM ended`,
      values: [...values, tasksPerRun],
      takesAcceptedRuns: true,
    };
  }

  /** Tasks that have ended. Throws when one is in a state that no one named. */
  async countEnded(tasksPerRun: number): Promise<number> {
    const { sql, values } = this.endedCount(tasksPerRun);
    // Not an option of the pool: it would end a cursor, too, which may well be read for longer. The types know it of the pool only.
    const query: pg.QueryConfig & { readonly query_timeout: number } = { text: sql, values, query_timeout: answerLimitSeconds * 1000 };
    const { rows } = await this.pool.query<{ tasks: string; problem: string | null }>(query);
    const { tasks = '0', problem = null } = rows[0] ?? {};
    if (problem !== null) throw new Error(problem);
    return Number(tasks);
  }

  /** SQL of one row: the `tasks` that have ended, the `runs` that have `tasksPerRun` of them, the tasks that are `open`, and a `problem` where one is in a state that no one named. */
  private endedCount(tasksPerRun: number): { readonly sql: string; readonly values: OpenQuery['values'][number][] } {
    const { tasks, states } = this.file.description;
    const parameters = this.parameters(tasks);
    const names = Object.keys(states);
    const place = (number: number): string => `$${parameters.length + number}`;
    const sql = `
      WITH task AS (SELECT run_id::text AS run_id, coalesce(status::text, 'NULL') AS status FROM (${asPart(tasks)}) AS task),
      run AS (
        SELECT count(*) AS tasks, count(*) FILTER (WHERE status = ANY (${place(1)}::text[])) AS ended,
               min(status) FILTER (WHERE status <> ALL (${place(2)}::text[])) AS unknown
        FROM task GROUP BY run_id
      )
      SELECT /* orchlab */ count(*) FILTER (WHERE ended >= ${place(3)}::int) AS runs, coalesce(sum(ended), 0) AS tasks,
             coalesce(sum(tasks - ended), 0) AS open, replace(${place(4)}::text, '${statePlace}', to_json(min(unknown))::text) AS problem
      FROM run`;
    const ended = names.filter((name) => isEnd(toTaskState(this.file.name, states, name)));
    return { sql, values: [...parameters, ended, names, tasksPerRun, unknownState(this.file.name, states, statePlace)] };
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
