import { largestOfParts, partsOf } from './e-divisive.ts';
import { studentTwoSided } from './incomplete-beta.ts';

export interface HistoryChange {
  /** Of the first value after it. */
  readonly index: number;
  /** Of Student's t between what is before (back to the change before) and after (to the next). */
  readonly p: number;
  readonly meanBefore: number;
  readonly meanAfter: number;
}

export interface HistoryOptions {
  /** Values that are looked at together, in steps of half as many. Default: 50. */
  readonly window?: number;
  /** Changes have a p value below it. Default: 0.001. */
  readonly maxP?: number;
  /** Changes are larger than this, as a ratio of the smaller mean. Default: 0. */
  readonly minRatio?: number;
}

/**
 * Where the level of a history changed: one figure of many experiments in the order of time, which are independent of each other.
 *
 * Hunter: Fleming et al., "Hunter: Using Change Point Detection to Hunt for Performance Regressions" (ICPE 2023), as apache-otava has
 * it. E-divisive within windows with Student's t for significance, at first with a laxer limit; then the least significant are taken
 * back until all that are left are significant and large enough. Finds changes with as few as 5 values on each side.
 */
export function historyChanges(series: readonly number[], options: HistoryOptions = {}): readonly HistoryChange[] {
  const { window = 50, maxP = 0.001, minRatio = 0 } = options;
  const laxP = maxP < 0.05 ? maxP * 10 : maxP < 0.5 ? maxP * 2 : maxP;
  return strongest(series, weakBorders(series, window, laxP), maxP, minRatio);
}

function weakBorders(series: readonly number[], window: number, maxP: number): readonly number[] {
  const borders = new Set<number>();
  const step = Math.floor(window / 2);
  for (let start = 0; start < series.length;) {
    const found = divided(series.slice(start, start + window), maxP).map((border) => start + border);
    for (const border of found) borders.add(border);
    start = Math.max(found.at(-1) ?? 0, start + step);
  }
  return [...borders].sort((one, other) => one - other);
}

/** E-divisive with Student's t in place of permutations. */
function divided(series: readonly number[], maxP: number): readonly number[] {
  const borders: number[] = [];
  for (;;) {
    const found = largestOfParts(series, borders);
    if (found === undefined) return borders;
    const [start, end] = partsOf(series, borders).find(([, partEnd]) => found.index < partEnd)!;
    // Also when it is not known: two equal values.
    if (!(changeOf(series, start, found.index, end).p <= maxP)) return borders;
    borders.push(found.index);
    borders.sort((one, other) => one - other);
  }
}

function strongest(series: readonly number[], weak: readonly number[], maxP: number, minRatio: number): readonly HistoryChange[] {
  const measured = (borders: readonly number[], position: number): HistoryChange =>
    changeOf(series, borders[position - 1] ?? 0, borders[position]!, borders[position + 1] ?? series.length);
  let borders = weak;
  let changes = borders.map((_, position) => measured(borders, position));
  while (changes.length > 0) {
    let weakest = changes.reduce((worst, change) => (change.p > worst.p ? change : worst));
    if (weakest.p < maxP) {
      weakest = changes.reduce((least, change) => (ratioOf(change) < ratioOf(least) ? change : least));
      if (ratioOf(weakest) > minRatio) break;
    }
    const left = changes.indexOf(weakest);
    borders = borders.toSpliced(left, 1);
    // The two after it are measured anew, as apache-otava does; the one before stays as clear as it was when it was found.
    changes = changes
      .toSpliced(left, 1)
      .map((change, position) => (position === left || position === left + 1 ? measured(borders, position) : change));
  }
  return borders.map((_, position) => measured(borders, position));
}

function changeOf(series: readonly number[], start: number, index: number, end: number): HistoryChange {
  const before = levelOf(series.slice(start, index));
  const after = levelOf(series.slice(index, end));
  const freedom = before.count + after.count - 2;
  // Deviations by n where Student's t has n - 1: what apache-otava does, whose p values these are.
  const pooled = ((before.count - 1) * before.variance + (after.count - 1) * after.variance) / freedom;
  const t = (before.mean - after.mean) / Math.sqrt(pooled * (1 / before.count + 1 / after.count));
  return { index, p: freedom > 0 ? pOf(t, freedom) : 1, meanBefore: before.mean, meanAfter: after.mean };
}

function pOf(t: number, freedom: number): number {
  return Number.isFinite(t) ? studentTwoSided(t, freedom) : Number.isNaN(t) ? Number.NaN : 0;
}

function levelOf(values: readonly number[]): { readonly count: number; readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { count: values.length, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

function ratioOf({ meanBefore, meanAfter }: HistoryChange): number {
  const relative = (one: number, other: number): number => (other === 0 ? 0 : Math.abs(one / other - 1));
  return Math.max(relative(meanAfter, meanBefore), relative(meanBefore, meanAfter));
}
