/**
 * p values of a family of tests such that judging each by `level` says something false of any of them with at most that probability.
 *
 * S. Holm (Scandinavian Journal of Statistics 6(2), 1979), whatever depends on what. NaN stays NaN and counts as no test.
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = known(pValues);
  const adjusted = pValues.map(() => Number.NaN);
  let largest = 0;
  for (const [position, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (order.length - position) * pValues[index]!));
    adjusted[index] = largest;
  }
  return adjusted;
}

/**
 * p values such that, of all tests that `level` lets through, the expected share of false ones is at most that.
 *
 * Benjamini and Hochberg (Journal of the Royal Statistical Society B 57(1), 1995), for tests that are independent or depend on each other
 * positively. NaN stays NaN and counts as no test.
 */
export function benjaminiHochberg(pValues: readonly number[]): readonly number[] {
  const order = known(pValues);
  const adjusted = pValues.map(() => Number.NaN);
  let least = 1;
  for (let position = order.length - 1; position >= 0; position--) {
    const index = order[position]!;
    least = Math.min(least, (pValues[index]! * order.length) / (position + 1));
    adjusted[index] = least;
  }
  return adjusted;
}

/** Indices of those that are known, the least p value first. */
function known(pValues: readonly number[]): readonly number[] {
  return pValues
    .map((_, index) => index)
    .filter((index) => !Number.isNaN(pValues[index]))
    .sort((one, other) => pValues[one]! - pValues[other]!);
}
