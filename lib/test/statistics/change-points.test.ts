import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/random/seeded-random.ts';
import { changePoints } from '../../src/statistics/change-points.ts';
import { eDivisive } from '../../src/statistics/e-divisive.ts';
import { largestSplit } from '../../src/statistics/energy-split.ts';
import { historyChanges } from '../../src/statistics/history-changes.ts';
import { pelt } from '../../src/statistics/pelt.ts';
import { golden } from './golden.ts';
import { seededNormal, steadySeries } from './simulate.ts';

/** About each of the levels for some windows, by a ratio of noise that resembles the one before. */
function switching(parts: readonly (readonly [level: number, windows: number])[], noise: number, seed: number): readonly number[] {
  const steady = steadySeries(
    parts.reduce((sum, [, windows]) => sum + windows, 0),
    0.3,
    seed,
  );
  return parts
    .flatMap(([level, windows]) => Array.from({ length: windows }, () => level))
    .map((level, index) => level * (1 + noise * steady[index]!));
}

describe('pelt', () => {
  it.each(golden<{ values: number[]; penalty: number; borders: number[] }[]>('pelt'))(
    'has the borders that are best of all, tried one by one, and ruptures’ (case %#)',
    ({ values, penalty, borders }) => {
      expect(pelt(Float64Array.from(values), penalty, 5)).toEqual(borders);
    },
  );
});

describe('changePoints', () => {
  it.each([
    { windows: 60, resemblance: 0 },
    { windows: 60, resemblance: 0.3 },
    { windows: 120, resemblance: 0.3 },
    { windows: 600, resemblance: 0 },
    { windows: 600, resemblance: 0.3 },
  ])(
    'has none on at least 95 of 100 steady series of $windows windows that resemble the one before by $resemblance',
    ({ windows, resemblance }) => {
      const steady = Array.from({ length: 100 }, (_, seed) => changePoints(steadySeries(windows, resemblance, seed + 1)));
      expect(steady.filter((found) => found.length === 0).length).toBeGreaterThanOrEqual(95);
    },
  );

  it('has none on at least 95 of 100 steady series of mostly empty windows', () => {
    const found = Array.from({ length: 100 }, (_, seed) => {
      const random = seededRandom(seed);
      return changePoints(Array.from({ length: 400 }, () => (random() < 0.1 ? 1 : 0)));
    });
    expect(found.filter(({ length }) => length === 0).length).toBeGreaterThanOrEqual(95);
  });

  it('finds borders within a window, in 20 of 20', () => {
    for (let seed = 0; seed < 20; seed++) {
      const found = changePoints(
        switching(
          [
            [71, 118],
            [5600, 60],
            [4000, 80],
          ],
          0.1,
          seed,
        ),
      );
      expect(found.length).toBe(2);
      expect(Math.abs(found[0]!.index - 118)).toBeLessThanOrEqual(1);
      expect(Math.abs(found[1]!.index - 178)).toBeLessThanOrEqual(1);
      expect(found[0]!.before / 71).toBeCloseTo(1, 1);
      expect(found[0]!.after / 5600).toBeCloseTo(1, 1);
    }
  });

  it('finds a step of a series that varies by nothing else, and none where nothing varies or too little is there', () => {
    const step = Array.from({ length: 40 }, (_, index) => (index < 15 ? 0 : 20));
    expect(changePoints(step)).toEqual([{ index: 15, before: 0, after: 20 }]);
    expect(changePoints(Array.from({ length: 40 }, () => 3))).toEqual([]);
    expect(changePoints([1, 2, 3])).toEqual([]);
    expect(changePoints([])).toEqual([]);
  });

  it('is not moved by a few outliers', () => {
    const found = Array.from({ length: 20 }, (_, seed) =>
      changePoints(steadySeries(200, 0.3, seed + 500).map((value, index) => (index % 40 === 7 ? -50 : 10 + value))),
    );
    expect(found.filter((changes) => changes.length > 0).length).toBeLessThanOrEqual(1);
  });

  it('leaves windows out that are not known, and counts them in where it is', () => {
    const series = switching(
      [
        [100, 30],
        [200, 30],
      ],
      0.05,
      1,
    ).map((value, index) => (index % 3 === 0 ? Number.NaN : value));
    expect(changePoints(series).map(({ index }) => index)).toEqual([31]);
  });

  it('leaves out changes that are too small to matter, and measures the others anew', () => {
    const series = switching(
      [
        [100, 100],
        [110, 100],
        [200, 100],
      ],
      0.02,
      3,
    );
    expect(changePoints(series).map(({ index }) => index)).toEqual([100, 200]);
    const [large, ...others] = changePoints(series, { minRatio: 0.2 });
    expect(others).toEqual([]);
    expect(large!.index).toBe(200);
    expect(large!.before).toBeGreaterThan(100);
    expect(large!.before).toBeLessThan(110);
  });
});

const { splits, histories } = golden<{
  splits: { series: number[]; index: number; distance: number }[];
  histories: { series: number[]; minRatio: number; changes: [index: number, p: number, before: number, after: number][] }[];
}>('history-changes');

describe('historyChanges', () => {
  it.each(histories)('are those of apache-otava (case %#)', ({ series, minRatio, changes }) => {
    expect(historyChanges(series, { minRatio })).toEqual(
      changes.map(([index, p, meanBefore, meanAfter]) => ({
        index,
        p: expect.closeTo(p, 12),
        meanBefore: expect.closeTo(meanBefore, 9),
        meanAfter: expect.closeTo(meanAfter, 9),
      })),
    );
  });
});

describe('eDivisive', () => {
  it.each(splits)('splits where apache-otava does (case %#)', ({ series, index, distance }) => {
    expect(largestSplit(series)).toEqual({ index, distance: expect.closeTo(distance, 9) });
  });

  it('finds changes of level and of spread, none on at least 90 of 100 steady series at a level of 5 %', () => {
    const normal = seededNormal(4);
    const series = Array.from({ length: 90 }, (_, index) => (index < 30 ? 10 : 14) + (index < 60 ? 1 : 8) * normal());
    const [level, spread, ...others] = eDivisive(series, { seed: 1 });
    expect(level).toBe(30);
    expect(Math.abs(spread! - 60)).toBeLessThanOrEqual(8);
    expect(others).toEqual([]);
    const steady = Array.from({ length: 100 }, (_, seed) => eDivisive(steadySeries(25, 0, seed), { seed, permutations: 99 }));
    expect(steady.filter((borders) => borders.length === 0).length).toBeGreaterThanOrEqual(90);
  });
});
