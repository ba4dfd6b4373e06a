/**
 * The values at these ranks (from 0, ascending) of the ascending `values`, none of them NaN; NaN for a rank that there is none of. Reorders
 * `values`.
 *
 * C. A. R. Hoare's quickselect, each rank in what the one before left above it.
 */
export function selectRanks(values: Float64Array, ranks: readonly number[]): readonly number[] {
  let from = 0;
  return ranks.map((rank) => {
    if (!(rank >= 0 && rank < values.length)) return Number.NaN;
    partitionAt(values, rank, Math.min(from, rank));
    from = rank;
    const value = values[rank] as number;
    return value === 0 ? zeroAt(values, rank) : value;
  });
}

/** Puts the value of `rank` in its place, none larger before it and none smaller after it; all before `from` are in theirs. */
function partitionAt(values: Float64Array, rank: number, from: number): void {
  let [low, high] = [from, values.length - 1];
  while (low < high) {
    const pivot = medianOfThree(values[low] as number, values[(low + high) >>> 1] as number, values[high] as number);
    let [left, right] = [low, high];
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left > right) break;
      const value = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = value;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else return;
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** A sort puts -0 before 0, which are equal to everything else. */
function zeroAt(values: Float64Array, rank: number): number {
  let before = 0;
  for (const value of values) if (value < 0 || Object.is(value, -0)) before++;
  return rank < before ? -0 : 0;
}
