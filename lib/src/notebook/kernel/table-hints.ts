import { meaningsByTable, meaningsOf, sampleTable } from '../../report/column-meanings.ts';

/** What cells have declared, by name. */
export type Locals = Readonly<Record<string, unknown>>;

export interface Completion {
  /** Where what is completed begins and ends in the code. */
  readonly start: number;
  readonly end: number;
  readonly matches: readonly string[];
}

/** As much of an Arquero table as is asked for here: the one of the cells may be of another copy of Arquero. */
interface TableLike {
  columnNames(): readonly string[];
  numRows(): number;
}

const path = String.raw`[A-Za-z_$][\w$]*(?:\s*\.\s*[A-Za-z_$][\w$]*)*`;
/** Verbs of a table that take columns by name, the name that is being typed in quotes. */
const columnArgument = new RegExp(
  String.raw`(${path})\s*\.\s*(?:array|column|columnIndex|dedupe|get|getter|groupby|orderby|select|values)\s*\(\s*(?:\[\s*)?(?:(?:"[^"]*"|'[^']*')\s*,\s*)*(["'])([^"']*)$`,
);

/**
 * The columns that a verb of a table can be given where the cursor is, as in `tasks.orderby('cre`: of a table that a cell has made, whatever
 * it was made of. Undefined anywhere else.
 */
export function completeColumn(code: string, cursor: number, locals: Locals): Completion | undefined {
  const [, name = '', , typed = ''] = columnArgument.exec(code.slice(0, cursor)) ?? [];
  const columns = name === '' ? undefined : columnsOf(name, locals);
  if (columns === undefined) return undefined;
  return { start: cursor - typed.length, end: cursor, matches: columns.names.filter((column) => column.startsWith(typed)) };
}

/** The table under the cursor, with what its columns mean, or the column under it; undefined for anything else. */
export function describeAt(code: string, cursor: number, locals: Locals): string | undefined {
  const before = new RegExp(`(?:${path}\\s*\\.\\s*)?[\\w$]*$`).exec(code.slice(0, cursor))?.[0] ?? '';
  const after = /^[\w$]*/.exec(code.slice(cursor))?.[0] ?? '';
  const expression = `${before}${after}`;
  if (!new RegExp(`^${path}$`).test(expression)) return undefined;
  const table = columnsOf(expression, locals);
  if (table !== undefined) return describeTable(table);
  const column = expression.split('.').at(-1)?.trim() ?? '';
  return expression.includes('.') ? describeColumn(column) : undefined;
}

interface Columns {
  readonly names: readonly string[];
  /** What a row is, of a table whose columns are declared. */
  readonly rows?: string;
  /** Undefined of a table that has not been read: asking must not read a file of gigabytes. */
  readonly count?: number;
}

function columnsOf(expression: string, locals: Locals): Columns | undefined {
  const [first = '', ...names] = expression.split('.').map((name) => name.trim());
  if (!Object.hasOwn(locals, first)) return undefined;
  let value = locals[first];
  for (const [index, name] of names.entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    const property = Object.getOwnPropertyDescriptor(value, name);
    if (property?.get !== undefined) {
      const declared = 'manifest' in value && index === names.length - 1 ? sampleTable(name) : undefined;
      return declared && { names: Object.keys(declared.columns), rows: declared.rows };
    }
    value = property?.value;
  }
  return isTable(value) ? { names: value.columnNames(), count: value.numRows() } : undefined;
}

function isTable(value: unknown): value is TableLike {
  if (typeof value !== 'object' || value === null) return false;
  const { columnNames, numRows } = value as Partial<TableLike>;
  return typeof columnNames === 'function' && typeof numRows === 'function';
}

function describeTable({ names, rows, count }: Columns): string {
  const meanings = meaningsOf(names);
  const width = Math.max(...names.map((name) => name.length));
  const head = rows ?? `A table of ${count === 1 ? '1 row' : `${count?.toLocaleString('en-US')} rows`}.`;
  return [head, ...names.map((name) => `  ${name.padEnd(width)}  ${meanings.get(name) ?? ''}`.trimEnd())].join('\n');
}

function describeColumn(name: string): string | undefined {
  const meanings = meaningsByTable(name);
  const [meaning] = meanings.values();
  if (meaning === undefined) return undefined;
  if (new Set(meanings.values()).size === 1) return meaning;
  return Array.from(meanings, ([table, words]) => `of ${table}: ${words}`).join('\n');
}
