import { table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn, wholeColumn } from './columns.ts';
import type { FigureTable } from './figure-tables.ts';
import { perExperiment } from './per-experiment.ts';

/** What a statement took in some time; NaN means for one that was not executed. */
export interface StatementTotals {
  readonly query: string;
  readonly calls: number;
  readonly totalSeconds: number;
  readonly meanSeconds: number;
  readonly rows: number;
  /** Blocks (pages) that one execution looked at, on average. */
  readonly meanBlocks: number;
}

/**
 * The statements of the experiment's database, slowest in total first; empty without pg_stat_statements.
 *
 * Columns: query, calls, totalSeconds, meanSeconds, rows, meanBlocks (pages that one execution looked at; NaN in results of before that was read).
 */
export const statementsOf = perExperiment((experiment: Experiment): FigureTable<'statementsOf'> => {
  const all = statementsBetween(experiment, -Infinity, Infinity).toSorted((one, other) => other.totalSeconds - one.totalSeconds);
  return table({
    query: all.map(({ query }) => query),
    calls: Float64Array.from(all, ({ calls }) => calls),
    totalSeconds: Float64Array.from(all, ({ totalSeconds }) => totalSeconds),
    meanSeconds: Float64Array.from(all, ({ meanSeconds }) => meanSeconds),
    rows: Float64Array.from(all, ({ rows }) => rows),
    meanBlocks: Float64Array.from(all, ({ meanBlocks }) => meanBlocks),
  }) as FigureTable<'statementsOf'>;
});

/** A reading belongs to a span with so much of its time in it: it tells of the time since the one before as a whole. */
const leastOverlap = 0.7;

/** By the readings that belong to the span; epoch milliseconds. */
export function statementsBetween(experiment: Experiment, fromMs: number, toMs: number): readonly StatementTotals[] {
  const { statements, statementReadings: readings } = experiment;
  // Results of before they were read over time have their totals, of all of the load.
  if (statements.columnNames().includes('totalSeconds')) return fromMs === -Infinity && toMs === Infinity ? savedTotals(experiment) : [];
  const texts = textColumn(statements, 'query');
  const queries = new Map(Array.from(wholeColumn(statements, 'statementIndex'), (index, row) => [index, texts[row] ?? '']));
  const sums = new Map<number, { calls: number; seconds: number; rows: number; blocks: number }>();
  const [atMs, sinceMs] = [numberColumn(readings, 'atMs'), numberColumn(readings, 'sinceMs')];
  const [calls, seconds] = [numberColumn(readings, 'calls'), numberColumn(readings, 'seconds')];
  const [rows, blocks] = [numberColumn(readings, 'rows'), numberColumn(readings, 'blocks')];
  for (const [row, index] of wholeColumn(readings, 'statementIndex').entries()) {
    const [since, at] = [sinceMs[row] as number, atMs[row] as number];
    if (!(Math.min(at, toMs) - Math.max(since, fromMs) >= leastOverlap * (at - since))) continue;
    const sum = sums.get(index) ?? { calls: 0, seconds: 0, rows: 0, blocks: 0 };
    sum.calls += calls[row] as number;
    sum.seconds += seconds[row] as number;
    sum.rows += rows[row] as number;
    sum.blocks += blocks[row] as number;
    sums.set(index, sum);
  }
  return Array.from(sums, ([index, sum]) => ({
    query: queries.get(index) ?? '',
    calls: sum.calls,
    totalSeconds: sum.seconds,
    meanSeconds: sum.seconds / sum.calls,
    rows: sum.rows,
    meanBlocks: sum.blocks / sum.calls,
  }));
}

function savedTotals({ statements }: Experiment): readonly StatementTotals[] {
  const column = (name: string): Float64Array => numberColumn(statements, name);
  return textColumn(statements, 'query').map((query, row) => ({
    query,
    calls: column('calls')[row] ?? Number.NaN,
    totalSeconds: column('totalSeconds')[row] ?? Number.NaN,
    meanSeconds: column('meanSeconds')[row] ?? Number.NaN,
    rows: column('rows')[row] ?? Number.NaN,
    meanBlocks: Number.NaN,
  }));
}

/** SQL's own functions that stand where one of the engine's might. */
const builtIn = new Set([
  'count',
  'coalesce',
  'json_populate_recordset',
  'unnest',
  'now',
  'max',
  'min',
  'sum',
  'exists',
  'json_array_elements',
  'jsonb_array_elements',
  'generate_series',
]);

/** A statement in a few words: the function that it calls (`add_jobs`), or what it does to which table (`UPDATE _private_jobs`). */
export function statementName(query: string): string {
  const text = query
    .replaceAll(/\/\*.*?\*\//g, ' ')
    .replaceAll(/\bfor (no key )?update\b|\bdo update\b/gi, ' ')
    .trim();
  const name = String.raw`((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))*)`;
  const last = (path: string): string => path.split('.').at(-1)?.replaceAll('"', '') ?? path;
  const change = new RegExp(String.raw`\b(insert into|update|delete from|merge into)(?: only)? ${name}`, 'i').exec(text);
  if (change) return `${(change[1] ?? '').split(' ')[0]?.toUpperCase()} ${last(change[2] ?? '')}`;
  if (/^(select|with|\()/i.test(text)) {
    for (const [, called = ''] of text.matchAll(new RegExp(String.raw`(?:\bfrom|\bselect)\s+${name}\s*\(`, 'gi'))) {
      if (!builtIn.has(last(called).toLowerCase())) return last(called);
    }
    const from = new RegExp(String.raw`\bfrom\s+(?:only )?${name}`, 'i').exec(text);
    if (from) return `SELECT ${last(from[1] ?? '')}`;
  }
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
