import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, holm } from '../../src/statistics/adjust-p-values.ts';
import { signFlipPValues } from '../../src/statistics/sign-flips.ts';
import { golden } from './golden.ts';
import { seededNormal } from './simulate.ts';

const { families, flips } = golden<{
  families: { values: number[]; holm: number[]; benjaminiHochberg: number[] }[];
  flips: { rounds: number[][]; p: number[] }[];
}>('adjust-p-values');

const close = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 12));

describe('holm and benjaminiHochberg', () => {
  it.each(families)('are those of the papers, and of scipy (case %#)', ({ values, holm: byHolm, benjaminiHochberg: byRate }) => {
    expect(holm(values)).toEqual(close(byHolm));
    expect(benjaminiHochberg(values)).toEqual(close(byRate));
  });

  it('give what p.adjust of R gives', () => {
    expect(holm([0.01, 0.02, 0.03, 0.04])).toEqual(close([0.04, 0.06, 0.06, 0.06]));
    expect(benjaminiHochberg([0.01, 0.02, 0.03, 0.04])).toEqual(close([0.04, 0.04, 0.04, 0.04]));
  });

  it('count a p value that is not known as no test', () => {
    expect(holm([0.02, Number.NaN, 0.01])).toEqual([0.02, Number.NaN, 0.02]);
    expect(benjaminiHochberg([0.02, Number.NaN, 0.01])).toEqual([0.02, Number.NaN, 0.02]);
  });
});

describe('signFlipPValues', () => {
  it.each(flips)('are what all signs say, tried one by one (case %#)', ({ rounds, p }) => {
    expect(signFlipPValues(rounds, 1)).toEqual(close(p));
  });

  it('are one of 32 for six rounds that agree, and for two series the same as for one if they are the same', () => {
    expect(signFlipPValues([[1], [2], [3], [1], [2], [3]], 1)).toEqual([1 / 32]);
    expect(
      signFlipPValues(
        [
          [1, 2],
          [2, 4],
          [3, 6],
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        1,
      ),
    ).toEqual([1 / 32, 1 / 32]);
    expect(signFlipPValues([[Number.NaN], [Number.NaN]], 1)).toEqual([Number.NaN]);
  });

  it('of many rounds draws, and keeps below 0.05 in at most 5 of 100 where there is no difference', () => {
    const normal = seededNormal(2);
    let alarms = 0;
    for (let trial = 0; trial < 100; trial++) {
      const rounds = Array.from({ length: 14 }, () => [normal(), normal(), normal()]);
      if (Math.min(...signFlipPValues(rounds, trial)) <= 0.05) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(5);
  });
});
