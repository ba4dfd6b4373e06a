import { type ColumnTable, fromArrow, table } from 'arquero';
import { join } from 'node:path';
import { reasonOf } from '../errors/error-reason.ts';
import { readRegularFile } from './regular-file.ts';
import { type ColumnType, type TableName, tableSchemas } from './tables.ts';

/** An Arrow file is this magic, padded to 8 bytes, then an Arrow stream, then a footer that ends with the magic again. */
const magic = 'ARROW1';
const headerBytes = 8;

const emptyColumns: Readonly<Record<ColumnType, () => ArrayLike<unknown>>> = {
  float64: () => new Float64Array(0),
  int32: () => new Int32Array(0),
  utf8: () => [],
  bool: () => [],
};

/** What a table's file holds. */
export interface TableFile {
  readonly table: ColumnTable;
  /** Why it may be less than what was written: the file has no end, or can't be read. Undefined for a whole one, and where there is none. */
  readonly damage?: string;
}

/**
 * Reads one table of an experiment. A missing file gives an empty table, as does one that can't be read; one cut off by a crash gives the
 * whole batches in it.
 */
export function readTable(directory: string, name: TableName): TableFile {
  try {
    const bytes = readRegularFile(join(directory, `${name}.arrow`));
    if (bytes === undefined) return { table: emptyTable(name) };
    const isWhole = bytes.subarray(-magic.length).toString('latin1') === magic && bytes.length > 2 * headerBytes;
    if (isWhole) return { table: fromArrow(bytes) };
    const stream = wholeMessages(bytes.subarray(headerBytes));
    const damage = bytes.length === 0 ? 'the file is empty' : 'the file is cut off';
    return { table: stream.length === 0 ? emptyTable(name) : fromArrow(stream), damage };
  } catch (error) {
    return { table: emptyTable(name), damage: `the file can't be read (${reasonOf(error)})` };
  }
}

function emptyTable(name: TableName): ColumnTable {
  return table(Object.fromEntries(Object.entries(tableSchemas[name]).map(([column, type]) => [column, emptyColumns[type]()])));
}

/** The leading messages of an Arrow stream that are complete: each is 0xFFFFFFFF, metadata length, metadata, body. */
function wholeMessages(stream: Buffer): Buffer {
  let end = 0;
  while (end + 8 <= stream.length && stream.readUInt32LE(end) === 0xffffffff) {
    const metadataLength = stream.readInt32LE(end + 4);
    const bodyStart = end + 8 + metadataLength;
    if (metadataLength === 0 || bodyStart > stream.length) break;
    const next = bodyStart + bodyLength(stream.subarray(end + 8, bodyStart));
    if (next > stream.length) break;
    end = next;
  }
  return stream.subarray(0, end);
}

/** `bodyLength` of a flatbuffer Message (field 3 of its table; absent means 0). */
function bodyLength(metadata: Buffer): number {
  const message = metadata.readUInt32LE(0);
  const vtable = message - metadata.readInt32LE(message);
  const slot = 4 + 2 * 3;
  if (slot >= metadata.readUInt16LE(vtable)) return 0;
  const offset = metadata.readUInt16LE(vtable + slot);
  return offset === 0 ? 0 : Number(metadata.readBigInt64LE(message + offset));
}
