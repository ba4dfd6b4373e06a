import {
  Bool,
  type Data,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int8,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchWriter,
  Schema,
  Struct,
  Utf8,
  type Vector,
  makeData,
  vectorFromArray,
} from 'apache-arrow';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BatchBuilder, type ColumnBatch, type ColumnValues } from './column-batch.ts';
import { type ColumnType, type Row, type TableName, type TableSchema, tableSchemas } from './tables.ts';

const arrowTypes = { float64: () => new Float64(), int32: () => new Int32(), utf8: () => new Utf8(), bool: () => new Bool() } as const;

/** How a column is encoded: its type, and of one of categories the dictionary, the same for every batch of a file. */
interface ColumnEncoding {
  readonly name: string;
  readonly type: DataType;
  readonly dictionary?: Vector<Utf8>;
  readonly codes?: ReadonlyMap<string, number>;
}

/** The texts that columns of labels may have, by column. */
export type Labels = Readonly<Record<string, readonly string[]>>;

/** Appends rows to one Arrow file of an experiment. */
export interface TableWriter<T extends TableName> {
  append(row: Row<T>): void;
  /** Appends many rows at once. */
  appendBatch(batch: ColumnBatch): void;
  /** Hands what was appended so far to the file; a killed process loses only what came after. */
  flush(): void;
  /** Writes the rest and the file's footer. Throws when any of it could not be written. */
  close(): Promise<void>;
}

/**
 * Creates `<directory>/<name>.arrow` (Arrow IPC file format) and writes to it as rows come, a batch in one go and at once: what was flushed is
 * in the file. `onError` is told at once of the first failure to write. `labels` has the texts of the columns of that type: another one is refused.
 */
export function createTableWriter<T extends TableName>(
  directory: string,
  name: T,
  onError?: (error: Error) => void,
  labels: Labels = {},
): TableWriter<T> {
  const columns: TableSchema = tableSchemas[name];
  const encodings = Object.entries(columns).map(([column, type], id) =>
    encodingOf(column, type === 'label' ? { categories: labels[column] ?? [] } : type, id),
  );
  const schema = new Schema(encodings.map((column) => new Field(column.name, column.type, false)));
  let failure: Error | undefined;
  /** Nothing more reaches a file that failed: rows are not kept for it. */
  const attempt = (action: () => void): void => {
    if (failure) return;
    try {
      action();
    } catch (error) {
      failure = error as Error;
      onError?.(failure);
    }
  };
  let file: number | undefined;
  attempt(() => (file = openSync(join(directory, `${name}.arrow`), 'w')));
  const writer = new ArrowEncoder();
  const builder = new BatchBuilder(name);
  let hasBatch = false;

  const write = (batch: ColumnBatch): void => {
    const encoded = toRecordBatch(schema, encodings, batch);
    attempt(() => {
      writer.write(encoded);
      writeAll(file, writer.take());
    });
    hasBatch = true;
  };
  const flush = (): void => {
    if (builder.length > 0) write(builder.take());
  };
  return {
    append(row) {
      builder.add(row);
      if (builder.isFull) flush();
    },
    appendBatch(batch) {
      flush();
      write(batch);
    },
    flush,
    async close() {
      flush();
      // A file without a single batch would have no schema, so an empty one is written.
      if (!hasBatch) write(builder.take());
      attempt(() => {
        writer.finish();
        writeAll(file, writer.take());
      });
      if (file !== undefined) closeSync(file);
      file = undefined;
      if (failure) throw failure;
    },
  };
}

function writeAll(file: number | undefined, bytes: Uint8Array): void {
  if (file === undefined) throw new Error('the file is closed');
  // A disk that gets full takes a part, and says why with the next one.
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

/**
 * Encodes batches as an Arrow file, a piece at a time.
 *
 * Unlike the library's own: the file format asks for the schema message before the first batch, which the library leaves to the footer, that a
 * killed process never writes; and the bytes are there at once, where the library's come through an asynchronous queue, chunk by chunk.
 */
class ArrowEncoder extends RecordBatchFileWriter {
  private chunks: Uint8Array[] = [];

  /** What was encoded since the last time. */
  take(): Uint8Array {
    const bytes = Buffer.concat(this.chunks);
    this.chunks = [];
    return bytes;
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (chunk.byteLength === 0) return this;
    this.chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this._position += chunk.byteLength;
    return this;
  }

  protected override _writeSchema(schema: Schema): this {
    super._writeSchema(schema);
    return RecordBatchWriter.prototype['_writeSchema'].call(this, schema) as this;
  }
}

/** `id` tells the dictionaries of a file apart. */
function encodingOf(name: string, type: Exclude<ColumnType, 'label'>, id: number): ColumnEncoding {
  if (typeof type === 'string') return { name, type: arrowTypes[type]() };
  return {
    name,
    type: new Dictionary(new Utf8(), new Int8(), id),
    dictionary: vectorFromArray(type.categories, new Utf8()),
    codes: new Map(type.categories.map((category, code) => [category, code])),
  };
}

function toRecordBatch(schema: Schema, encodings: readonly ColumnEncoding[], { length, columns: values }: ColumnBatch): RecordBatch {
  const children = encodings.map((encoding, index) => toColumn(encoding, values[index] ?? []));
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }));
}

function toColumn({ name, type, dictionary, codes }: ColumnEncoding, values: ColumnValues): Data {
  if (type instanceof Float64) return makeData({ type, data: values as Float64Array });
  if (type instanceof Int32) return makeData({ type, data: values as Int32Array });
  if (type instanceof Dictionary && dictionary) {
    const data = Int8Array.from(values as string[], (value) => codes?.get(value) ?? unknownCategory(name, value, codes));
    return makeData({ type: type as Dictionary<Utf8, Int8>, length: data.length, nullCount: 0, data, dictionary });
  }
  const [data] = vectorFromArray(values as string[], type).data;
  return data ?? makeData({ type: new Utf8(), length: 0, nullCount: 0, valueOffsets: new Int32Array(1), data: new Uint8Array(0) });
}

function unknownCategory(name: string, value: unknown, codes: ReadonlyMap<string, number> = new Map()): never {
  throw new RangeError(`column ${name}: expected one of ${[...codes.keys()].join(', ')}, got ${JSON.stringify(value)}`);
}
