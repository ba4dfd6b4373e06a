import type { TableColumn } from '../results/table-columns.ts';

/** A column of numbers that is worked out when it is first looked at. */
export class LazyColumn<T extends Float64Array | Int32Array> implements TableColumn<number> {
  readonly length: number;
  private readonly compute: () => T;
  private values: T | undefined;

  constructor(length: number, compute: () => T) {
    this.length = length;
    this.compute = compute;
  }

  at(row: number): number {
    return this.toArray()[row] ?? Number.NaN;
  }

  toArray(): T {
    return (this.values ??= this.compute());
  }

  [Symbol.iterator](): Iterator<number> {
    return this.toArray()[Symbol.iterator]();
  }
}
