import { extentOf, withoutNaN } from './extent.ts';
import { radixSort } from './radix-sort.ts';
import { sortBySlots } from './slot-sort.ts';

/** Fewer values than this are sorted as they are: what is done for more takes longer. */
const fewValues = 20_000;

/** `values` in order, NaNs left out: themselves where they are in order already, so not to be written to. */
export function sortNumbers(values: ArrayLike<number>): Float64Array {
  const numbers = values instanceof Float64Array ? values : new Float64Array(values);
  if (isAscending(numbers)) return numbers;
  if (numbers.length < fewValues) return withoutNaN(numbers).sort();
  const { count, min, max } = extentOf(numbers);
  return sortBySlots(numbers, count, min, max) ?? radixSort(withoutNaN(numbers));
}

function isAscending(values: Float64Array): boolean {
  let before = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    // Zeros may be of either sign, which a sort tells apart.
    if (!(value >= before) || (value === 0 && before === 0)) return false;
    before = value;
  }
  return true;
}
