/**
 * The borders (indices of first values after them, ascending) that make the sum of squared deviations from the means of the parts, plus
 * `penalty` a border, least of all that leave `minLength` values in each part.
 *
 * Killick, Fearnhead and Eckley, "Optimal Detection of Changepoints With a Linear Computational Cost" (Journal of the American
 * Statistical Association 107, 2012). Exact; time by the length where there are many borders, by its square where there are none.
 */
export function pelt(values: Float64Array, penalty: number, minLength: number): readonly number[] {
  const count = values.length;
  const sums = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) sums[index + 1] = sums[index]! + values[index]!;
  // By end: the least cost of all before it, and where its last part starts. A part costs what its mean takes off the sum of squares,
  // which is the same for all and left out.
  const least = new Float64Array(count + 1).fill(Infinity);
  least[0] = -penalty;
  const starts = new Uint32Array(count + 1);
  const candidates = new Uint32Array(count + 1);
  const totals = new Float64Array(count + 1);
  /** By start: from which end on it is not tried any more; 0 when it is. */
  const givenUp = new Uint32Array(count + 1);
  let tried = 0;
  for (let end = minLength; end <= count; end++) {
    candidates[tried++] = end - minLength;
    let best = Infinity;
    for (let index = 0; index < tried; index++) {
      const start = candidates[index]!;
      const sum = sums[end]! - sums[start]!;
      const total = least[start]! - (sum * sum) / (end - start);
      totals[index] = total;
      if (total < best) {
        best = total;
        starts[end] = start;
      }
    }
    least[end] = best + penalty;
    // Theorem 3.1 of the paper: where a start is worse than a border here, it is not the best of any end that a part from here may have.
    let left = 0;
    for (let index = 0; index < tried; index++) {
      const start = candidates[index]!;
      if (totals[index]! > least[end]! && givenUp[start] === 0) givenUp[start] = end + minLength;
      if (givenUp[start] === 0 || givenUp[start]! > end + 1) candidates[left++] = start;
    }
    tried = left;
  }
  const borders: number[] = [];
  for (let start = starts[count]!; start > 0; start = starts[start]!) borders.unshift(start);
  return borders;
}
