import { type ColumnType, type Row, type TableName, type TableSchema, tableSchemas } from './tables.ts';

/** Rows per batch at most: small enough to lose little when killed, large enough to cost little. */
export const batchRows = 4096;

/** Rows of a table, a column at a time: plain data that goes to another thread. */
export interface ColumnBatch {
  readonly length: number;
  /** In the order of the table's schema. */
  readonly columns: readonly ColumnValues[];
}

export type ColumnValues = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | readonly string[] | readonly boolean[];

type WritableColumn = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | string[] | boolean[];

/** Gathers rows of one table into batches. */
export class BatchBuilder<T extends TableName> {
  private readonly schema: readonly (readonly [name: string, type: ColumnType])[];
  private columns: readonly WritableColumn[] = [];
  private capacity = 0;
  length = 0;

  constructor(table: T) {
    const schema: TableSchema = tableSchemas[table];
    this.schema = Object.entries(schema);
  }

  /** Whether the next row needs another batch. */
  get isFull(): boolean {
    return this.length >= batchRows;
  }

  add(row: Row<T>): void {
    if (this.length === this.capacity) this.grow();
    const place = this.length++;
    let index = 0;
    for (const [name] of this.schema) {
      const column = this.columns[index++] as unknown[];
      column[place] = (row as Record<string, unknown>)[name];
    }
  }

  /** What was gathered; begins anew. */
  take(): ColumnBatch {
    const { length } = this;
    const columns = this.columns.map((column) => (column.length === length ? column : column.slice(0, length)));
    this.columns = this.schema.map(([, type]) => newColumn(type, 0));
    this.capacity = 0;
    this.length = 0;
    return { length, columns };
  }

  /** Most tables get a few rows a second: a batch has no more room than it needs. */
  private grow(): void {
    this.capacity = Math.min(batchRows, Math.max(16, 4 * this.capacity));
    this.columns = this.schema.map(([, type], index) => {
      const column = newColumn(type, this.capacity);
      const old = this.columns[index];
      if (Array.isArray(column)) column.push(...((old ?? []) as never[]));
      else column.set((old ?? []) as Float64Array);
      return column;
    });
  }
}

function newColumn(type: ColumnType, capacity: number): WritableColumn {
  if (type === 'float64') return new Float64Array(capacity);
  if (type === 'int32') return new Int32Array(capacity);
  return [];
}

/** The memory that goes to another thread without being copied. */
export function transferable({ columns }: ColumnBatch): ArrayBuffer[] {
  return columns.flatMap((column) => (column instanceof Float64Array || column instanceof Int32Array ? [column.buffer] : []));
}
