import { figureTables } from '../analysis/figure-tables.ts';
import { type TableDeclaration, sampleTables } from '../results/tables.ts';

/** Every table that has a meaning: those of an experiment, and those that functions return. */
const declared: ReadonlyMap<string, TableDeclaration> = new Map<string, TableDeclaration>([
  ...Object.entries(sampleTables),
  ...Object.entries(figureTables),
]);

/** Fewer columns in common are chance: `count` is in many a table. */
const leastInCommon = 2;

/**
 * What the columns of a table mean, as far as it is one that is declared, or was made of one: the table with the most of these columns
 * is taken for it.
 */
export function meaningsOf(columns: readonly string[]): ReadonlyMap<string, string> {
  const inCommon = Array.from(declared.values(), (table) => columns.filter((column) => Object.hasOwn(table.columns, column)).length);
  const most = Math.max(...inCommon);
  if (most < Math.min(leastInCommon, columns.length)) return new Map();
  const { columns: meant = {} } = [...declared.values()][inCommon.indexOf(most)] ?? {};
  return new Map(columns.flatMap((column) => meaningIn(meant, column).map((meaning) => [column, meaning] as const)));
}

/** What a column of that name means in each of the tables that have it; empty when none has. */
export function meaningsByTable(column: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(declared).flatMap(([name, { columns }]) => meaningIn(columns, column).map((meaning) => [name, meaning] as const)),
  );
}

function meaningIn(columns: TableDeclaration['columns'], name: string): readonly string[] {
  return Object.hasOwn(columns, name) && columns[name] ? [columns[name][1]] : [];
}

/** The columns of the experiment's table `name`; undefined when there is no such table. */
export function sampleTable(name: string): TableDeclaration | undefined {
  return Object.hasOwn(sampleTables, name) ? sampleTables[name as keyof typeof sampleTables] : undefined;
}
