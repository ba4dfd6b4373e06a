import { DataType, type Schema } from 'apache-arrow';
import { type ColumnTable, table } from 'arquero';
import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../errors/error-reason.ts';
import { hasEnd, readMessages } from './arrow-messages.ts';
import { fileColumns } from './file-columns.ts';
import { openRegularFile } from './regular-file.ts';
import { type ColumnType, type TableName, tableSchemas } from './tables.ts';

/** What a table's file holds. */
export interface TableFile {
  readonly table: ColumnTable;
  /** Why it may be less than what was written: the file has no end, or can't be read. Undefined for a whole one, and where there is none. */
  readonly damage?: string;
}

/**
 * Opens one table of an experiment: where its columns are is read at once, each column when it is first looked at. However large the file,
 * no more of it is in memory than the columns that were.
 *
 * A missing file gives an empty table, as does one that can't be read; one cut off by a crash gives the whole batches in it. A column
 * throws where the file was removed or replaced since.
 */
export function readTable(directory: string, name: TableName): TableFile {
  const path = join(directory, `${name}.arrow`);
  let file: number | undefined;
  try {
    file = openRegularFile(path);
    if (file === undefined) return { table: emptyTable(name) };
    const { size } = fstatSync(file);
    const isWhole = hasEnd(file, size);
    const messages = readMessages(file, size);
    if (messages.schema) requireKinds(name, messages.schema);
    const read = messages.schema ? table(fileColumns(path, file, messages.schema, messages)) : emptyTable(name);
    if (isWhole && messages.areEnded) return { table: read };
    const damage = size === 0 ? 'the file is empty' : isWhole ? 'a part of the file is not what was written' : 'the file is cut off';
    return { table: read, damage };
  } catch (error) {
    return { table: emptyTable(name), damage: `the file can't be read (${reasonOf(error)})` };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Throws a TypeError where a column of the table is of another kind: text where there are to be numbers would be figures that are text. */
function requireKinds(name: TableName, schema: Schema): void {
  const types: Readonly<Record<string, ColumnType>> = tableSchemas[name];
  for (const field of schema.fields) {
    const expected = Object.hasOwn(types, field.name) ? kindOf(types[field.name]) : undefined;
    const got = arrowKindOf(field.type);
    if (expected !== undefined && expected !== got)
      throw new TypeError(`expected a column ${field.name} of ${expected}, got one of ${got}`);
  }
}

function kindOf(type: ColumnType | undefined): string | undefined {
  if (type === 'float64' || type === 'int32') return 'numbers';
  return type === 'bool' ? 'yes and no' : type === undefined ? undefined : 'text';
}

function arrowKindOf(type: unknown): string {
  if (DataType.isFloat(type) || DataType.isInt(type)) return 'numbers';
  if (DataType.isBool(type)) return 'yes and no';
  return DataType.isUtf8(type) || DataType.isDictionary(type) ? 'text' : String(type);
}

function emptyTable(name: TableName): ColumnTable {
  return table(Object.fromEntries(Object.entries(tableSchemas[name]).map(([column, type]) => [column, emptyColumn(type)])));
}

function emptyColumn(type: ColumnType): object {
  if (type === 'float64') return new Float64Array(0);
  return type === 'int32' ? new Int32Array(0) : [];
}
