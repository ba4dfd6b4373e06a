import { radixSort } from './radix-sort.ts';
import { sortBySlots } from './slot-sort.ts';

/** Fewer values than this are sorted as they are: the buckets below cost more to look through. */
const fewValues = 20_000;

/** `values` in order, NaNs left out: themselves where they are in order already, so not to be written to. */
export function sortNumbers(values: ArrayLike<number>): Float64Array {
  const numbers = values instanceof Float64Array ? values : new Float64Array(values);
  const { count, min, max, isAscending } = extentOf(numbers);
  if (isAscending && count === numbers.length) return numbers;
  const slots = count < fewValues ? undefined : sortBySlots(numbers, count, min, max);
  if (slots) return slots;
  const known = withoutNaN(numbers, count);
  return count < fewValues ? known.sort() : radixSort(known);
}

interface Extent {
  /** Of those that are no NaN, like the rest. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly isAscending: boolean;
}

function extentOf(values: Float64Array): Extent {
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  let before = -Infinity;
  let isAscending = true;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    count++;
    if (value < min) min = value;
    if (value > max) max = value;
    // Zeros may be of either sign, which a sort tells apart.
    if (value < before || (value === 0 && before === 0)) isAscending = false;
    before = value;
  }
  return { count, min, max, isAscending };
}

function withoutNaN(values: Float64Array, count: number): Float64Array {
  const known = new Float64Array(count);
  let next = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) known[next++] = value;
  }
  return known;
}
