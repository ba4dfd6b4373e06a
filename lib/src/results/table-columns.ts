import { bisectRight } from 'd3-array';

/** A column as Arquero takes them: values by row. */
export interface TableColumn<T> extends Iterable<T> {
  readonly length: number;
  at(row: number): T;
  /** All values; not to be written to. */
  toArray(): ArrayLike<T>;
}

/** Text that is one of a few: a byte a row, and the texts once. */
export class CategoryColumn implements TableColumn<string> {
  /** The category of each row, as its index in `categories`. */
  readonly codes: Uint8Array;
  readonly categories: readonly string[];

  constructor(codes: Uint8Array, categories: readonly string[]) {
    this.codes = codes;
    this.categories = categories;
  }

  get length(): number {
    return this.codes.length;
  }

  at(row: number): string {
    return this.categories[this.codes[row] ?? -1] ?? '';
  }

  toArray(): readonly string[] {
    return Array.from(this.codes, (code) => this.categories[code] ?? '');
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const code of this.codes) yield this.categories[code] ?? '';
  }
}

/** The texts of one batch: UTF-8, each from one offset to the next. */
export interface TextBatch {
  readonly offsets: Int32Array;
  readonly bytes: Buffer;
}

/** Text of any kind, decoded when it is looked at. */
export class TextColumn implements TableColumn<string> {
  readonly length: number;
  private readonly batches: readonly TextBatch[];
  /** Rows up to the end of each batch. */
  private readonly ends: Float64Array;

  constructor(batches: readonly TextBatch[]) {
    this.batches = batches;
    let rows = 0;
    this.ends = Float64Array.from(batches, ({ offsets }) => (rows += offsets.length - 1));
    this.length = rows;
  }

  at(row: number): string {
    const batch = bisectRight(this.ends, row);
    return textOf(this.batches[batch], row - (this.ends[batch - 1] ?? 0));
  }

  toArray(): readonly string[] {
    return [...this];
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const batch of this.batches) for (let row = 0; row + 1 < batch.offsets.length; row++) yield textOf(batch, row);
  }
}

function textOf(batch: TextBatch | undefined, row: number): string {
  return batch?.bytes.toString('utf8', batch.offsets[row], batch.offsets[row + 1]) ?? '';
}

/** Yes or no: a byte a row, 1 or 0. */
export class FlagColumn implements TableColumn<boolean> {
  readonly flags: Uint8Array;

  constructor(flags: Uint8Array) {
    this.flags = flags;
  }

  get length(): number {
    return this.flags.length;
  }

  at(row: number): boolean {
    return this.flags[row] === 1;
  }

  toArray(): readonly boolean[] {
    return Array.from(this.flags, (flag) => flag === 1);
  }

  *[Symbol.iterator](): Iterator<boolean> {
    for (const flag of this.flags) yield flag === 1;
  }
}
