import {
  Bool,
  type Data,
  type DataType,
  Field,
  Float64,
  Int32,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchWriter,
  Schema,
  Struct,
  Utf8,
  makeData,
  vectorFromArray,
} from 'apache-arrow';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { BatchBuilder, type ColumnBatch, type ColumnValues } from './column-batch.ts';
import { type ColumnType, type Row, type TableName, type TableSchema, tableSchemas } from './tables.ts';

const arrowTypes: Readonly<Record<ColumnType, () => DataType>> = {
  float64: () => new Float64(),
  int32: () => new Int32(),
  utf8: () => new Utf8(),
  bool: () => new Bool(),
};

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

/** Creates `<directory>/<name>.arrow` (Arrow IPC file format) and writes to it as rows come. `onError` is told at once of the first failure to write. */
export function createTableWriter<T extends TableName>(directory: string, name: T, onError?: (error: Error) => void): TableWriter<T> {
  const columns: TableSchema = tableSchemas[name];
  const schema = new Schema(Object.entries(columns).map(([column, type]) => new Field(column, arrowTypes[type](), false)));
  const file = createWriteStream(join(directory, `${name}.arrow`));
  let failure: Error | undefined;
  file.on('error', (error) => {
    if (failure) return;
    failure = error;
    onError?.(error);
  });
  const closed = once(file, 'close');
  closed.catch(() => undefined); // the failure is reported by close()
  const writer = new SchemaFirstFileWriter();
  writer.pipe(file);
  const builder = new BatchBuilder(name);
  let hasBatch = false;

  const write = (batch: ColumnBatch): void => {
    // Nothing more reaches a file that failed: rows are not kept for it.
    if (failure) return;
    writer.write(toRecordBatch(schema, columns, batch));
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
      if (failure) throw failure;
      flush();
      // A file without a single batch would have no schema, so an empty one is written.
      if (!hasBatch) write(builder.take());
      writer.finish();
      await closed.catch(() => undefined);
      if (failure) throw failure;
    },
  };
}

/**
 * The Arrow file format asks for the schema message before the first batch; the library's writer leaves it to the footer,
 * which a killed process never writes.
 */
class SchemaFirstFileWriter extends RecordBatchFileWriter {
  protected override _writeSchema(schema: Schema): this {
    super._writeSchema(schema);
    return RecordBatchWriter.prototype['_writeSchema'].call(this, schema) as this;
  }
}

function toRecordBatch(schema: Schema, columns: TableSchema, { length, columns: values }: ColumnBatch): RecordBatch {
  const children = Object.values(columns).map((type, index) => toColumn(type, values[index] ?? []));
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }));
}

function toColumn(type: ColumnType, values: ColumnValues): Data {
  switch (type) {
    case 'float64':
      return makeData({ type: new Float64(), data: values as Float64Array });
    case 'int32':
      return makeData({ type: new Int32(), data: values as Int32Array });
    case 'utf8':
    case 'bool': {
      const [data] = vectorFromArray(values as string[], arrowTypes[type]()).data;
      return data ?? makeData({ type: new Utf8(), length: 0, nullCount: 0, valueOffsets: new Int32Array(1), data: new Uint8Array(0) });
    }
  }
}
