import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distribution } from '../../src/analysis/distribution.ts';
import { allOf, workedOut } from '../../src/analysis/number-pieces.ts';
import { ranked } from '../../src/analysis/ranked.ts';
import { sortNumbers } from '../../src/analysis/sort-numbers.ts';
import { seededRandom } from '../../src/random/seeded-random.ts';

/** What a sort says, bit by bit: `toEqual` tells -0 from 0. */
function sorted(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

/** Enough that values are told apart by their finest bits, and come in many pieces. */
const count = 120_000;
const uniform = seededRandom(7);
const made = (value: (index: number) => number): Float64Array => Float64Array.from({ length: count }, (_, index) => value(index));

const large: Readonly<Record<string, Float64Array>> = {
  'heavy-tailed': made(() => Math.exp(8 * uniform() - 4)),
  'times in order of their runs': made((index) => 1_795_428_000_000 + index / 10 + 100 * uniform()),
  'in order': made((index) => index / 7),
  'falling, with NaN': made((index) => (index % 3 === 0 ? Number.NaN : -index)),
  'all the same': made(() => 0.25),
  'of both signs': made(() => 2 * uniform() - 1),
  'zeros of both signs': made((index) => [0, -0, 1, -1][index % 4] ?? 0),
  'tiny and infinite': made((index) => [Number.MIN_VALUE, -Number.MIN_VALUE, Infinity, -Infinity, 2 ** -1022][index % 5] ?? 0),
  'whole milliseconds': made(() => Math.floor(1000 * uniform()) / 1000),
  'nothing known': made(() => Number.NaN),
};

describe.each(Object.entries(large))('%s', (_, values) => {
  it('come in the order of a sort, to the bit', () => {
    const before = values.slice();
    expect(sortNumbers(values)).toEqual(sorted(values));
    expect(values).toEqual(before);
  });

  it('have by rank the values of a sort, to the bit, with their count, extremes and sum', () => {
    const reference = sorted(values);
    const last = reference.length - 1;
    const ranks = [0, 1, 17, ...[0.25, 0.5, 0.9, 0.99, 0.999].map((p) => Math.floor(p * last)), last, count].sort((a, b) => a - b);
    const { at, ...found } = ranked(values);
    expect([...at(ranks)]).toEqual(ranks.map((rank) => reference[rank] ?? Number.NaN));
    expect(found).toMatchObject({ count: reference.length, min: reference[0] ?? Infinity, max: reference.at(-1) ?? -Infinity });
    const sum = reference.reduce((total, value) => total + value, 0);
    if (Number.isFinite(sum)) expect(Math.abs(found.sum - sum)).toBeLessThanOrEqual(1e-9 * Math.abs(sum));
  });
});

it('values that are worked out when they are looked at have the ranks of those in memory', () => {
  const values = large['falling, with NaN'] ?? new Float64Array(0);
  const pieces = workedOut(count, (numbers, from) => numbers.forEach((_, index) => (numbers[index] = values[from + index] ?? 0)));
  expect(allOf(pieces)).toEqual(values);
  const { at, ...figures } = ranked(values);
  const ranks = [0, 1000, figures.count - 1, figures.count];
  expect(ranked(pieces)).toMatchObject(figures);
  expect(ranked(pieces).at(ranks)).toEqual(at(ranks));
  expect(at(ranks)).toEqual([-(count - 1), -(count - 1) + 1500, -1, Number.NaN]);
});

it('few numbers of any kind have the values of a sort, to the bit', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 200 }), (list) => {
      const values = Float64Array.from(list);
      const reference = sorted(values);
      const ranks = Array.from(reference.keys());
      expect(sortNumbers(values)).toEqual(reference);
      expect(ranked(values).at(ranks)).toEqual([...reference]);
    }),
  );
});

it('a distribution of many is that of a sort', () => {
  const values = large['heavy-tailed'] ?? new Float64Array(0);
  const reference = sorted(values);
  const at = (p: number): number => {
    const rank = p * (count - 1);
    const [low = Number.NaN, high = Number.NaN] = [reference[Math.floor(rank)], reference[Math.ceil(rank)]];
    return low + (high - low) * (rank - Math.floor(rank));
  };
  expect(distribution(values)).toMatchObject({ count, min: at(0), p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) });
});
