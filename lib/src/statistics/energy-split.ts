/** Where a series differs most between before and after, and by how much. */
export interface Split {
  /** Of the first value after the border. */
  readonly index: number;
  /** The scaled energy distance between the two sides: 0 or more where they differ; -Infinity of fewer than two values. */
  readonly distance: number;
}

/**
 * Of all borders in `series` from `start` to `end` (exclusive), and of all ends of what comes after, the one with the largest scaled
 * energy distance between the two sides.
 *
 * Matteson and James, "A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data" (Journal of the American
 * Statistical Association 109, 2014), section 2, with alpha = 1. Takes time and memory by the square of the length: a thousand or two.
 */
export function largestSplit(series: ArrayLike<number>, start = 0, end = series.length): Split {
  const length = end - start;
  // By value, then by how many of the first values: the sum of its distances to them.
  const sums = new Float64Array(length * (length + 1));
  for (let value = 0; value < length; value++) {
    const row = value * (length + 1);
    for (let before = 0; before < length; before++) {
      sums[row + before + 1] = sums[row + before]! + Math.abs(series[start + value]! - series[start + before]!);
    }
  }
  let best: Split = { index: start, distance: -Infinity };
  let withinLeft = 0;
  for (let border = 1; border < length; border++) {
    // The newest of the left side, with those before it.
    withinLeft += sums[(border - 1) * (length + 1) + border - 1]!;
    let between = 0;
    let withinRight = 0;
    for (let last = border; last < length; last++) {
      const row = last * (length + 1);
      between += sums[row + border]!;
      withinRight += sums[row + last]! - sums[row + border]!;
      const right = last - border + 1;
      const distance =
        (2 / (border + right)) *
        (between - (border > 1 ? (right * withinLeft) / (border - 1) : 0) - (right > 1 ? (border * withinRight) / (right - 1) : 0));
      if (distance > best.distance) best = { index: start + border, distance };
    }
  }
  return best;
}
