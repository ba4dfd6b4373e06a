import { DataType, Message, Precision, type Schema } from 'apache-arrow';
import { type ColumnTable, table } from 'arquero';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../errors/error-reason.ts';
import { openRegularFile } from './regular-file.ts';
import { CategoryColumn, FlagColumn, type TextBatch, TextColumn } from './table-columns.ts';
import { type ColumnType, type TableName, tableSchemas } from './tables.ts';

/** An Arrow file is this magic, padded to 8 bytes, then an Arrow stream, then a footer that ends with the magic again. */
const magic = 'ARROW1';
const headerBytes = 8;
/** Before each message of the stream: 0xFFFFFFFF and the length of its metadata, 0 at the end. */
const prefixBytes = 8;
/** Metadata of any table here is far below this: what claims more is no message. */
const mostMetadataBytes = 1e7;

/** What a table's file holds. */
export interface TableFile {
  readonly table: ColumnTable;
  /** Why it may be less than what was written: the file has no end, or can't be read. Undefined for a whole one, and where there is none. */
  readonly damage?: string;
}

/**
 * Reads one table of an experiment, a batch at a time into its columns: however large the file, no more of it is in memory than they take.
 *
 * A missing file gives an empty table, as does one that can't be read; one cut off by a crash gives the whole batches in it.
 */
export function readTable(directory: string, name: TableName): TableFile {
  let file: number | undefined;
  try {
    file = openRegularFile(join(directory, `${name}.arrow`));
    if (file === undefined) return { table: emptyTable(name) };
    const { size } = fstatSync(file);
    const end = readBytes(file, Math.max(0, size - magic.length), Math.min(size, magic.length)).toString('latin1');
    const isWhole = end === magic && size > 2 * headerBytes;
    const messages = readMessages(file, size);
    const read = messages.schema ? table(readColumns(file, messages.schema, messages)) : emptyTable(name);
    if (isWhole && messages.areEnded) return { table: read };
    const damage = size === 0 ? 'the file is empty' : isWhole ? 'a part of the file is not what was written' : 'the file is cut off';
    return { table: read, damage };
  } catch (error) {
    return { table: emptyTable(name), damage: `the file can't be read (${reasonOf(error)})` };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function emptyTable(name: TableName): ColumnTable {
  return table(Object.fromEntries(Object.entries(tableSchemas[name]).map(([column, type]) => [column, emptyColumn(type)])));
}

function emptyColumn(type: ColumnType): object {
  if (type === 'float64') return new Float64Array(0);
  return type === 'int32' ? new Int32Array(0) : [];
}

/** A batch of rows, or of a dictionary's values: where its columns are in the file, two or three regions of bytes each. */
interface Batch {
  readonly at: number;
  readonly bytes: number;
  readonly rows: number;
  readonly nullCounts: readonly number[];
  readonly regions: readonly { readonly offset: number; readonly length: number }[];
}

interface Messages {
  readonly schema?: Schema;
  /** Whether the mark of the stream's end comes after them. */
  readonly areEnded: boolean;
  readonly batches: readonly Batch[];
  readonly dictionaries: ReadonlyMap<number, readonly Batch[]>;
}

/** The leading messages of the stream that are complete. Reads their metadata only. */
function readMessages(file: number, size: number): Messages {
  let schema: Schema | undefined;
  const batches: Batch[] = [];
  const dictionaries = new Map<number, Batch[]>();
  let areEnded = false;
  for (let position = headerBytes; position + prefixBytes <= size;) {
    const prefix = readBytes(file, position, prefixBytes);
    const metadataBytes = prefix.readInt32LE(4);
    const at = position + prefixBytes + metadataBytes;
    areEnded = prefix.readUInt32LE(0) === 0xffffffff && metadataBytes === 0;
    if (areEnded || prefix.readUInt32LE(0) !== 0xffffffff || metadataBytes < 0 || metadataBytes > mostMetadataBytes || at > size) break;
    const message = Message.decode(readBytes(file, position + prefixBytes, metadataBytes));
    const bytes = message.bodyLength;
    if (at + bytes > size) break;
    position = at + bytes;
    if (message.isSchema()) schema = message.header();
    if (message.isRecordBatch()) batches.push(toBatch(message.header(), at, bytes));
    if (message.isDictionaryBatch()) {
      const { id, data } = message.header();
      dictionaries.set(id, [...(dictionaries.get(id) ?? []), toBatch(data, at, bytes)]);
    }
  }
  return { ...(schema && { schema }), areEnded, batches, dictionaries };
}

interface BatchHeader {
  readonly length: number;
  readonly nodes: readonly { readonly nullCount: number }[];
  readonly buffers: readonly { readonly offset: number; readonly length: number }[];
}

function toBatch({ length, nodes, buffers }: BatchHeader, at: number, bytes: number): Batch {
  const regions = buffers.map((buffer) => ({ offset: buffer.offset, length: buffer.length }));
  return { at, bytes, rows: length, nullCounts: nodes.map(({ nullCount }) => nullCount), regions };
}

/** Takes the batches of one column, each with the regions of its bytes, its validity already looked at; gives the column. */
interface ColumnBuilder<T extends object = object> {
  /** Regions in a batch, the one of validity left out. */
  readonly regions: 1 | 2;
  add(regions: readonly Buffer[], rows: number): void;
  done(): T;
}

function readColumns(file: number, schema: Schema, { batches, dictionaries }: Messages): Record<string, object> {
  const total = batches.reduce((sum, { rows }) => sum + rows, 0);
  const builders = schema.fields.map(({ name, type }) => [name, columnBuilder(type as unknown, total)] as const);
  readBatches(
    file,
    batches,
    builders.map(([, builder]) => builder),
  );
  return Object.fromEntries(builders.map(([name, builder]) => [name, builder.done()]));

  function columnBuilder(type: unknown, rows: number): ColumnBuilder {
    if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return numberBuilder(new Float64Array(rows), 8);
    if (DataType.isInt(type) && type.bitWidth === 32) return numberBuilder(new Int32Array(rows), 4);
    if (DataType.isBool(type)) return flagBuilder(rows);
    if (DataType.isUtf8(type)) return textBuilder();
    if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary) && type.indices.bitWidth === 8) {
      const texts = textBuilder();
      readBatches(file, dictionaries.get(type.id) ?? [], [texts]);
      return categoryBuilder(rows, [...texts.done()]);
    }
    throw new TypeError(`expected columns of float64, int32, bool, utf8 or a dictionary of utf8, got one of ${String(type)}`);
  }
}

/** Hands each column its bytes of each batch; they are read into one buffer, so what is kept has to be copied. */
function readBatches(file: number, batches: readonly Batch[], columns: readonly ColumnBuilder[]): void {
  // Of its own memory, not of Node's pool: columns of 8 bytes have to be aligned.
  const body = Buffer.from(new ArrayBuffer(batches.reduce((most, { bytes }) => Math.max(most, bytes), 0)));
  for (const { at, bytes, rows, nullCounts, regions } of batches) {
    readInto(file, body.subarray(0, bytes), at);
    if (nullCounts.some((count) => count > 0)) throw new TypeError('expected columns without null, got some');
    let region = 0;
    for (const column of columns) {
      const own = regions.slice(region + 1, region + 1 + column.regions);
      column.add(
        own.map(({ offset, length }) => body.subarray(offset, offset + length)),
        rows,
      );
      region += 1 + column.regions;
    }
  }
}

function numberBuilder(values: Float64Array | Int32Array, width: number): ColumnBuilder {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  let filled = 0;
  return {
    regions: 1,
    add([data], rows) {
      if (rows > 0) data?.copy(bytes, filled * width, 0, rows * width);
      filled += rows;
    },
    done: () => values,
  };
}

function flagBuilder(total: number): ColumnBuilder {
  const flags = new Uint8Array(total);
  let filled = 0;
  return {
    regions: 1,
    add([bits], rows) {
      for (let row = 0; row < rows; row++) flags[filled + row] = ((bits?.[row >> 3] ?? 0) >> (row & 7)) & 1;
      filled += rows;
    },
    done: () => new FlagColumn(flags),
  };
}

function textBuilder(): ColumnBuilder<TextColumn> {
  const batches: TextBatch[] = [];
  return {
    regions: 2,
    add([offsets, bytes], rows) {
      if (rows === 0 || !offsets || !bytes) return;
      const copy = new Int32Array(rows + 1);
      offsets.copy(Buffer.from(copy.buffer), 0, 0, copy.byteLength);
      batches.push({ offsets: copy, bytes: Buffer.from(bytes) });
    },
    done: () => new TextColumn(batches),
  };
}

function categoryBuilder(total: number, categories: readonly string[]): ColumnBuilder {
  const codes = new Uint8Array(total);
  let filled = 0;
  return {
    regions: 1,
    add([data], rows) {
      if (data) codes.set(data.subarray(0, rows), filled);
      filled += rows;
    },
    done: () => new CategoryColumn(codes, categories),
  };
}

function readBytes(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readInto(file, bytes, position);
  return bytes;
}

function readInto(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const count = readSync(file, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new Error(`it ended at byte ${position + done}, while it was read`);
    done += count;
  }
}
