/**
 * p values of many series that are tested together, corrected for there being many: index = series.
 *
 * `ways`: how the data could as well have fallen were there no difference, the first as it did fall. For each of them the largest statistic
 * of all series is compared with the one seen; the series with the largest is then left out, and so on. Westfall and Young,
 * "Resampling-Based Multiple Testing" (1993), algorithm 4.1 (step-down maxT). Series that move together cost nothing.
 *
 * `statisticOf`: how far from no difference a series is, the same for all series when there is none. `isKnown`: a series without data has NaN.
 */
export function stepDownPValues<Way>(
  count: number,
  ways: readonly Way[],
  statisticOf: (series: number, way: Way) => number,
  isKnown: (series: number) => boolean,
): readonly number[] {
  const seen = Array.from({ length: count }, (_, series) => statisticOf(series, ways[0]!));
  const order = seen.map((_, series) => series).sort((one, other) => seen[one]! - seen[other]!);
  const asLarge = new Uint32Array(count);
  for (const way of ways) {
    // From the least: the largest of all that are not larger than this one.
    let largest = 0;
    for (const series of order) {
      largest = Math.max(largest, statisticOf(series, way));
      if (largest >= seen[series]!) asLarge[series]! += 1;
    }
  }
  const adjusted = seen.map(() => Number.NaN);
  let before = 0;
  for (const series of order.toReversed()) {
    before = Math.max(before, asLarge[series]! / ways.length);
    if (isKnown(series)) adjusted[series] = before;
  }
  return adjusted;
}
