import { seededRandom } from '../random/seeded-random.ts';
import { stepDownPValues } from './step-down.ts';

/** All ways to choose who is of the second group are tried when there are no more than this (8 and 8 have 12,870), else so many less one drawn ones. */
const mostExhaustive = 15_000;
const drawnWays = 10_000;

/**
 * p values of many series of two groups, corrected for there being many (`stepDownPValues`): index = series.
 *
 * Were there no difference, any other members could as well have made up the second group, in all series at once: E. J. G. Pitman's test (1937)
 * when there is one series. The statistic, the distance of the second group's sum from what it would be on average, over the root of the sum of
 * squares, orders divisions as Student's t does. Exact when all members are exchangeable without a difference.
 *
 * `first`, `second`: by member, the value of each series; NaN where there is none. A series without any in one of the groups has NaN.
 */
export function labelPValues(
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
  seed: number,
): readonly number[] {
  const members = [...first, ...second];
  const count = members[0]?.length ?? 0;
  const columns = Array.from({ length: count }, (_, series) => {
    const known = members.flatMap((member) => (Number.isNaN(member[series]) ? [] : [member[series]!]));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return Float64Array.from(members, (member) => (Number.isNaN(member[series]) ? 0 : member[series]! - mean));
  });
  const roots = columns.map((column) => Math.hypot(...column));
  const statisticOf = (series: number, chosen: readonly number[]): number => {
    const column = columns[series]!;
    let sum = 0;
    for (const member of chosen) sum += column[member]!;
    // Rounding must not make equal ones differ.
    return roots[series] === 0 ? 0 : Math.round((Math.abs(sum) / roots[series]!) * 1e9);
  };
  const isKnown = (group: readonly (readonly number[])[], series: number): boolean => group.some((member) => !Number.isNaN(member[series]));
  return stepDownPValues(
    count,
    waysToChoose(first.length, second.length, seed),
    statisticOf,
    (series) => isKnown(first, series) && isKnown(second, series),
  );
}

/** How many ways there are to choose `count` of `total`. */
export function waysCount(total: number, count: number): number {
  let ways = 1;
  for (let index = 1; index <= count; index++) ways = (ways * (total - count + index)) / index;
  return Math.round(ways);
}

/** By way, the indices of who is of the second group; the first way is as it was. */
function waysToChoose(first: number, second: number, seed: number): readonly (readonly number[])[] {
  const total = first + second;
  const seen = Array.from({ length: second }, (_, index) => first + index);
  if (waysCount(total, second) <= mostExhaustive) {
    const ways = [...choices(total, second)];
    // They are in ascending order, so the last are chosen last.
    return ways.toReversed();
  }
  const random = seededRandom(seed);
  const order = Array.from({ length: total }, (_, index) => index);
  const drawn = Array.from({ length: drawnWays - 1 }, () => {
    // As many steps of Fisher and Yates' shuffle as are needed.
    for (let index = 0; index < second; index++) {
      const other = index + Math.floor(random() * (total - index));
      [order[index], order[other]] = [order[other]!, order[index]!];
    }
    return order.slice(0, second);
  });
  return [seen, ...drawn];
}

/** Ascending lists of `count` of 0 to `total` - 1, in ascending order. */
function* choices(total: number, count: number, from = 0): Generator<readonly number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= total - count; first++) {
    for (const rest of choices(total, count - 1, first + 1)) yield [first, ...rest];
  }
}
