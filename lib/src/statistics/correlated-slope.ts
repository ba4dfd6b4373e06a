import { ranksOf } from './ranks.ts';
import type { Estimate } from './estimate.ts';
import { theilSen } from './theil-sen.ts';

/** The correction of more than that is out of all bounds: the interval is then that of all slopes between two points. */
const mostResemblance = 0.95;

/**
 * The slope of a series in time whose neighbours resemble each other, which makes the interval of `theilSen` too narrow: as many
 * values that resemble each other tell as much as fewer that do not.
 *
 * Sen's interval with the variance multiplied by n / n*, n* being the effective sample size of an autoregressive series, (1 - r) / (1 + r)
 * of n (N. C. Matalas and W. B. Langbein, Journal of Geophysical Research 67(9), 1962; of the series less its trend: S. Yue and C. Wang,
 * Water Resources Management 18, 2004). r is the correlation of the ranks of neighbours (K. H. Hamed and A. R. Rao, Journal of Hydrology
 * 204, 1998), corrected for what taking out a trend takes from it: (n r + 2) / (n - 4) (K. H. Hamed, Journal of Hydrology 368, 2009). One
 * below 0 narrows nothing. `x` is in ascending order, evenly spaced.
 */
export function correlatedSlope(x: ArrayLike<number>, y: ArrayLike<number>, level = 0.95): Estimate {
  const { value } = theilSen(x, y, level);
  const resemblance = neighbourCorrelation(Float64Array.from(y, (height, index) => height - value * x[index]!));
  const corrected = (x.length * resemblance + 2) / (x.length - 4);
  // Not a number where nothing varies: then there is nothing to widen.
  const kept = corrected > 0 ? Math.min(mostResemblance, corrected) : 0;
  return theilSen(x, y, level, (1 + kept) / (1 - kept));
}

/** Of the ranks of a series, at lag 1; NaN where nothing varies. */
export function neighbourCorrelation(series: ArrayLike<number>): number {
  const { ranks } = ranksOf(series);
  const center = (ranks.length + 1) / 2;
  let products = 0;
  let squares = 0;
  for (const [index, rank] of ranks.entries()) {
    squares += (rank - center) ** 2;
    if (index > 0) products += (rank - center) * (ranks[index - 1]! - center);
  }
  return products / squares;
}
