import { bisectRight } from 'd3-array';

/** A column as Arquero takes them: values by row. Those below are read, or worked out, when they are first looked at. */
export interface TableColumn<T> extends Iterable<T> {
  readonly length: number;
  at(row: number): T;
  /** All values; not to be written to. */
  toArray(): ArrayLike<T>;
}

/** Numbers. */
export class NumberColumn<T extends Float64Array | Int32Array> implements TableColumn<number> {
  readonly length: number;
  /** All values; not to be written to. */
  readonly toArray: () => T;

  constructor(length: number, load: () => T) {
    this.length = length;
    this.toArray = once(load);
  }

  at(row: number): number {
    return this.toArray()[row] ?? Number.NaN;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.toArray()[Symbol.iterator]();
  }
}

/** Text that is one of a few: a byte a row, and the texts once. */
export class CategoryColumn implements TableColumn<string> {
  readonly length: number;
  readonly categories: readonly string[];
  /** The category of each row, as its index in `categories`. */
  readonly codes: () => Uint8Array;

  constructor(length: number, categories: readonly string[], load: () => Uint8Array) {
    this.length = length;
    this.categories = categories;
    this.codes = once(load);
  }

  at(row: number): string {
    return this.categories[this.codes()[row] ?? -1] ?? '';
  }

  toArray(): readonly string[] {
    return [...this];
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const code of this.codes()) yield this.categories[code] ?? '';
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
  private readonly load: () => {
    readonly batches: readonly TextBatch[];
    /** Rows up to the end of each batch. */
    readonly ends: Float64Array;
  };

  constructor(length: number, load: () => readonly TextBatch[]) {
    this.length = length;
    this.load = once(() => {
      const batches = load();
      let rows = 0;
      return { batches, ends: Float64Array.from(batches, ({ offsets }) => (rows += offsets.length - 1)) };
    });
  }

  at(row: number): string {
    const { batches, ends } = this.load();
    const batch = bisectRight(ends, row);
    return textOf(batches[batch], row - (ends[batch - 1] ?? 0));
  }

  toArray(): readonly string[] {
    return [...this];
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const batch of this.load().batches) for (let row = 0; row + 1 < batch.offsets.length; row++) yield textOf(batch, row);
  }
}

function textOf(batch: TextBatch | undefined, row: number): string {
  return batch?.bytes.toString('utf8', batch.offsets[row], batch.offsets[row + 1]) ?? '';
}

/** Yes or no: a byte a row, 1 or 0. */
export class FlagColumn implements TableColumn<boolean> {
  readonly length: number;
  readonly flags: () => Uint8Array;

  constructor(length: number, load: () => Uint8Array) {
    this.length = length;
    this.flags = once(load);
  }

  at(row: number): boolean {
    return this.flags()[row] === 1;
  }

  toArray(): readonly boolean[] {
    return [...this];
  }

  *[Symbol.iterator](): Iterator<boolean> {
    for (const flag of this.flags()) yield flag === 1;
  }
}

/** `load`, done when it is first asked for; again where it threw. */
function once<T extends object>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= load());
}
