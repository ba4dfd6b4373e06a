import { countUpTo } from './edges.ts';

/** A stretch of time in which fewer events came than were expected. Epoch milliseconds. */
export interface Deficit {
  readonly fromMs: number;
  readonly toMs: number;
  /** What came, of what was expected: 0 to 1. */
  readonly ratio: number;
  /** How much less likely its events are as expected than at their own rate: the logarithm of the ratio. Where none came, the number that was to come. */
  readonly score: number;
}

/** How many events are expected from some moment on up to an epoch millisecond; never falls. */
export type Expectation = (ms: number) => number;

export interface DeficitSearch {
  readonly expected: Expectation;
  /** A stretch begins between these two, and ends by the third. */
  readonly fromMs: number;
  readonly lastFromMs: number;
  readonly untilMs: number;
  /** A stretch counts that has less than so much of what was to come. */
  readonly ratio: number;
}

/** Of one chance in so many, what is called a deficit is none. */
const falseAlarms = 100;
/** At most so many begins, and ends of each, are tried, evenly: an hour takes no longer than a minute. */
const [mostBegins, mostEnds] = [1000, 20_000];

/**
 * The stretch with the largest deficit (undefined where none has any), and how many begins were tried: the scan statistic of Kulldorff ("A spatial scan statistic", Communications in Statistics 26, 1997) in one
 * dimension, with what is expected known and the rate inside free. It needs no length of a window, and its ends are the most likely moments of the change.
 */
export function largestDeficit(
  atMs: Float64Array,
  { expected, fromMs, lastFromMs, untilMs, ratio }: DeficitSearch,
): { readonly largest: Deficit | undefined; readonly tried: number } {
  const [first, last, end] = [countUpTo(atMs, fromMs - 1e-6), countUpTo(atMs, lastFromMs), countUpTo(atMs, untilMs)];
  const [beginStep, endStep] = [Math.ceil((last - first) / mostBegins) || 1, Math.ceil((end - first) / mostEnds) || 1];
  // Of each moment once: there are as many pairs of them as begins times ends.
  const expectedBy = Float64Array.from({ length: end - first + 1 }, (_, index) =>
    expected(first + index < end ? (atMs[first + index] as number) : untilMs),
  );
  let largest: Deficit | undefined;
  let tried = 0;
  for (let begin = first - 1; begin < last; begin += beginStep) {
    tried++;
    const beginMs = begin < first ? fromMs : (atMs[begin] as number);
    const expectedBefore = begin < first ? expected(fromMs) : (expectedBy[begin - first] as number);
    // An end just before each event, and where the time is over.
    for (let index = begin + 1; ; index = index < end ? Math.min(end, index + endStep) : end + 1) {
      if (index > end) break;
      const toMs = index < end ? (atMs[index] as number) : untilMs;
      const [count, due] = [index - begin - 1, (expectedBy[index - first] as number) - expectedBefore];
      // A later begin shows what may follow better.
      if (count > 0 && count >= ratio * due) break;
      const score = count === 0 ? due : count * Math.log(count / due) - count + due;
      if (count < ratio * due && score > (largest?.score ?? 0)) largest = { fromMs: beginMs, toMs, ratio: count / due, score };
    }
  }
  return { largest, tried };
}

/**
 * What a score has to be above to be called more than chance, where the largest of `seen` was `largest` and so many as `looked` are to be looked at: the tail of such scores is
 * exponential, and what was seen tells how wide it is, whether events come at random, evenly or many at once. NaN: too few were seen.
 */
export function scoreLimit(largest: number, seen: number, looked: number): number {
  return seen < 2 ? Number.NaN : largest * Math.max(1, Math.log(falseAlarms * Math.max(1, looked)) / Math.log(seen));
}
