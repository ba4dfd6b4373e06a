import type { ColumnTable } from 'arquero';
import { DamagedResultsError } from '../results/read-record.ts';
import { CategoryColumn, FlagColumn } from '../results/table-columns.ts';

// A column of an Arrow file may come in hundreds of batches, text has to be decoded: both are done once a table.
const cache = new WeakMap<ColumnTable, Map<string, unknown>>();

/**
 * A column of numbers, in the table's order, its filter applied; unknown values are NaN.
 *
 * Shared with the table where possible: not to be written to. Throws when there is no such column.
 */
export function numberColumn(table: ColumnTable, name: string): Float64Array {
  return cached(table, name, () => {
    const values = columnValues(table, name);
    if (values instanceof Float64Array) return values;
    if (values instanceof Int32Array) return new Float64Array(values);
    return Float64Array.from(values as ArrayLike<number | null | undefined>, (value) => value ?? Number.NaN);
  });
}

/** A column of text, in the table's order, its filter applied. Throws when there is no such column. */
export function textColumn(table: ColumnTable, name: string): readonly string[] {
  return cached(table, name, () => Array.from(columnValues(table, name) as ArrayLike<string | null>, (value) => value ?? ''));
}

/** A column of whole numbers, in the table's order, its filter applied. Not to be written to. Throws when there is no such column. */
export function wholeColumn(table: ColumnTable, name: string): Int32Array {
  return cached(table, `whole ${name}`, () => {
    const values = columnValues(table, name);
    return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
  });
}

/** A column of text as the index of each in `categories`, 255 for any other text, in the table's order. Throws when there is no such column. */
export function categoryColumn(table: ColumnTable, name: string, categories: readonly string[]): Uint8Array {
  return cached(table, `category ${name}`, () => {
    const column: unknown = table.column(name);
    if (!(column instanceof CategoryColumn) || table.isFiltered() || table.isOrdered()) {
      const codes = new Map(categories.map((category, code) => [category, code]));
      return Uint8Array.from(textColumn(table, name), (text) => codes.get(text) ?? noCategory);
    }
    if (column.categories.every((category, code) => category === categories[code])) return column.codes();
    const codeOf = column.categories.map((category) => (categories.includes(category) ? categories.indexOf(category) : noCategory));
    return column.codes().map((code) => codeOf[code] ?? noCategory);
  });
}

const noCategory = 255;

/** A column of yes and no as 1 and 0, in the table's order. All 0 when there is no such column: results of before it have none. */
export function flagColumn(table: ColumnTable, name: string): Uint8Array {
  return cached(table, name, () => {
    const column: unknown = table.column(name);
    if (column === undefined) return new Uint8Array(table.numRows());
    if (column instanceof FlagColumn && !table.isFiltered() && !table.isOrdered()) return column.flags();
    return Uint8Array.from(table.array(name) as ArrayLike<boolean | null>, (value) => (value === true ? 1 : 0));
  });
}

function columnValues(table: ColumnTable, name: string): ArrayLike<unknown> {
  const column: unknown = table.column(name);
  if (column === undefined) {
    throw new DamagedResultsError(`expected a column "${name}", got a table with ${table.columnNames().join(', ') || 'no columns'}`);
  }
  if (table.isFiltered() || table.isOrdered()) return table.array(name);
  if (hasToArray(column)) return column.toArray();
  return Array.isArray(column) || ArrayBuffer.isView(column) ? (column as unknown as ArrayLike<unknown>) : table.array(name);
}

/** Columns of Arrow files have it; it is far quicker than a look at every row. */
function hasToArray(column: unknown): column is { toArray(): ArrayLike<unknown> } {
  return typeof column === 'object' && column !== null && 'toArray' in column && typeof column.toArray === 'function';
}

function cached<T>(table: ColumnTable, name: string, compute: () => T): T {
  let columns = cache.get(table);
  if (columns === undefined) cache.set(table, (columns = new Map()));
  if (!columns.has(name)) columns.set(name, compute());
  return columns.get(name) as T;
}
