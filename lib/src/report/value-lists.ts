import { type ColumnTable, from } from 'arquero';
import { overviewOf } from '../analysis/overview.ts';
import { summarize } from '../analysis/summarize.ts';
import type { Summary } from '../analysis/summary.ts';
import type { Experiment } from '../results/experiment.ts';

/** Experiments side by side: `overview` with their names before it. */
export function experimentsTable(experiments: readonly Experiment[]): ColumnTable {
  return summariesTable(experiments.map(summarize));
}

/** The same of what `summarize` returned. */
export function summariesTable(summaries: readonly Summary[]): ColumnTable {
  const figures = overviewOf(summaries);
  const names = figures.columnNames();
  return figures.assign({ experiment: summaries.map(({ name }) => name) }).select('experiment', ...names);
}

type Cell = string | number | boolean | bigint | null | undefined | Date;

/** True for a list of objects that hold nothing but plain values: the rows of a table. */
export function isRowList(value: readonly unknown[]): value is readonly Readonly<Record<string, Cell>>[] {
  return value.length > 0 && value.every((row) => isPlainObject(row) && Object.values(row).every(isCell));
}

/** Rows as a table with the columns of all of them. */
export function rowsTable(rows: readonly Readonly<Record<string, Cell>>[]): ColumnTable {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return from(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))));
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isCell(value: unknown): value is Cell {
  return value === null || value === undefined || value instanceof Date || ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}
