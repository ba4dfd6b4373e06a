import { reasonOf } from '../errors/error-reason.ts';
import { DataType, Precision, type Schema } from 'apache-arrow';
import { type Stats, closeSync, fstatSync } from 'node:fs';
import type { Batch, Messages } from './arrow-messages.ts';
import { readBytes, readInto } from './file-bytes.ts';
import { DamagedResultsError } from './read-record.ts';
import { openRegularFile } from './regular-file.ts';
import { CategoryColumn, FlagColumn, NumberColumn, type TableColumn, type TextBatch, TextColumn } from './table-columns.ts';

/**
 * The columns of an Arrow file, each read when it is first looked at, a batch at a time to where it stays. `file` is `path`, opened.
 *
 * Throws a TypeError for types that orchlab does not write, and for columns with null, and a RangeError where a batch has less bytes than its
 * rows take: nothing is allocated for rows that the file can't hold. A column that can't be read throws a DamagedResultsError.
 */
export function fileColumns(
  path: string,
  file: number,
  schema: Schema,
  { batches, dictionaries }: Messages,
): Record<string, TableColumn<unknown>> {
  if ([batches, ...dictionaries.values()].flat().some(({ hasNull }) => hasNull))
    throw new TypeError('expected columns without null, got some');
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const again = reopener(path, file);
  let nextRegion = 0;
  return Object.fromEntries(
    schema.fields.map(({ name, type }) => {
      // The first region of a column says what is null.
      const region = nextRegion + 1;
      nextRegion += DataType.isUtf8(type) ? 3 : 2;
      return [name, columnOf(name, type, region)] as const;
    }),
  );

  function columnOf(name: string, type: unknown, region: number): TableColumn<unknown> {
    const fixed = <T extends Float64Array | Int32Array | Uint8Array>(values: T): T => {
      again(name, (opened) => readFixed(opened, batches, region, values));
      return values;
    };
    const require = (bytesOf: (batchRows: number) => number): void => requireBytes(batches, region, bytesOf);
    if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) {
      require((count) => count * Float64Array.BYTES_PER_ELEMENT);
      return new NumberColumn(rows, () => fixed(new Float64Array(rows)));
    }
    if (DataType.isInt(type) && type.bitWidth === 32) {
      require((count) => count * Int32Array.BYTES_PER_ELEMENT);
      return new NumberColumn(rows, () => fixed(new Int32Array(rows)));
    }
    if (DataType.isBool(type)) {
      require((count) => Math.ceil(count / 8));
      return new FlagColumn(rows, () => again(name, (opened) => readFlags(opened, batches, region)));
    }
    if (DataType.isUtf8(type)) {
      require(offsetBytes);
      return new TextColumn(rows, () => again(name, (opened) => readTexts(opened, batches, region)));
    }
    if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary) && type.indices.bitWidth === 8) {
      require((count) => count);
      const dictionary = dictionaries.get(type.id) ?? [];
      requireBytes(dictionary, 1, offsetBytes);
      const texts = readTexts(file, dictionary, 1);
      const categories = [
        ...new TextColumn(
          texts.reduce((sum, { offsets }) => sum + offsets.length - 1, 0),
          () => texts,
        ),
      ];
      return new CategoryColumn(rows, categories, () => fixed(new Uint8Array(rows)));
    }
    throw new TypeError(`expected columns of float64, int32, bool, utf8 or a dictionary of utf8, got one of ${String(type)}`);
  }
}

/** Opens for each column the file that was opened first, and no other. */
function reopener(path: string, first: number): <T>(column: string, read: (file: number) => T) => T {
  const known = fstatSync(first);
  return (column, read) => {
    const file = openRegularFile(path);
    try {
      if (file !== undefined && isSame(fstatSync(file), known)) return read(file);
    } catch (error) {
      throw new DamagedResultsError(`${path}: the column ${column} can't be read: ${reasonOf(error)}`, { cause: error });
    } finally {
      if (file !== undefined) closeSync(file);
    }
    throw new DamagedResultsError(
      `${path}: expected the file that was opened, to read its column ${column}, got ${file === undefined ? 'none' : 'another one'}: ` +
        'it was removed or replaced meanwhile; open the experiment again',
    );
  };
}

/** A number of a file that was removed may be given to the next one. */
function isSame(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino && one.birthtimeMs === other.birthtimeMs;
}

/** The bytes of a region in a batch, as far as they are of its rows. */
function regionOf(batch: Batch, region: number, length?: number): { readonly position: number; readonly length: number } {
  const { offset, length: all } = batch.regions[region] ?? { offset: 0, length: 0 };
  const wanted = length ?? all;
  if (!(offset >= 0 && wanted >= 0 && wanted <= all && offset + all <= batch.bytes))
    throw new RangeError(
      `expected ${wanted} bytes of a column in the batch at byte ${batch.at}, got ${all} at ${offset} of ${batch.bytes}`,
    );
  return { position: batch.at + offset, length: wanted };
}

/** Throws a RangeError where a region has less than the rows of its batch take. */
function requireBytes(batches: readonly Batch[], region: number, bytesOf: (rows: number) => number): void {
  for (const batch of batches) if (batch.rows !== 0) regionOf(batch, region, bytesOf(batch.rows));
}

/** From which byte to which each text of a batch goes. */
function offsetBytes(rows: number): number {
  return (rows + 1) * Int32Array.BYTES_PER_ELEMENT;
}

function readFixed(file: number, batches: readonly Batch[], region: number, values: Float64Array | Int32Array | Uint8Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let filled = 0;
  for (const batch of batches) {
    const { position, length } = regionOf(batch, region, batch.rows * values.BYTES_PER_ELEMENT);
    readInto(file, bytes.subarray(filled, filled + length), position);
    filled += length;
  }
}

function readFlags(file: number, batches: readonly Batch[], region: number): Uint8Array {
  const flags = new Uint8Array(batches.reduce((sum, { rows }) => sum + rows, 0));
  let filled = 0;
  for (const batch of batches) {
    const { position, length } = regionOf(batch, region, Math.ceil(batch.rows / 8));
    const bits = readBytes(file, position, length);
    for (let row = 0; row < batch.rows; row++) flags[filled++] = ((bits[row >> 3] as number) >> (row & 7)) & 1;
  }
  return flags;
}

function readTexts(file: number, batches: readonly Batch[], region: number): readonly TextBatch[] {
  return batches
    .filter(({ rows }) => rows > 0)
    .map((batch) => {
      const offsets = new Int32Array(batch.rows + 1);
      readInto(file, new Uint8Array(offsets.buffer), regionOf(batch, region, offsets.byteLength).position);
      const text = regionOf(batch, region + 1);
      requireRising(offsets, text.length);
      return { offsets, bytes: readBytes(file, text.position, text.length) };
    });
}

/** Throws a RangeError where texts overlap: a few bytes could be each of a million of them. */
function requireRising(offsets: Int32Array, length: number): void {
  let before = 0;
  for (const offset of offsets) {
    if (offset < before || offset > length) throw new RangeError(`expected a text that begins at ${before} to ${length}, got ${offset}`);
    before = offset;
  }
}
