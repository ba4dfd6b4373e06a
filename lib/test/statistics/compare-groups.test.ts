import { describe, expect, it } from 'vitest';
import { compareGroups, missingExperiments } from '../../src/statistics/compare-groups.ts';
import { labelPValues, waysCount } from '../../src/statistics/label-permutations.ts';
import { golden } from './golden.ts';
import { seededNormal } from './simulate.ts';

interface Case {
  readonly first: readonly (readonly number[])[];
  readonly second: readonly (readonly number[])[];
  readonly corrected: readonly number[];
  readonly columns: readonly { readonly ratio: number; readonly p: number }[];
}

const cases = golden<readonly Case[]>('compare-groups');

/** Two groups of experiments: what B is by figure as a ratio of A, and noise of each as a ratio. */
function simulate(ratios: readonly number[], count: number, noise: number, seed: number) {
  const normal = seededNormal(seed);
  const group = (ratio: number): number[] => Array.from({ length: count }, () => 100 * ratio * Math.exp(noise * normal()));
  return ratios.map((ratio, index) => ({ name: `figure ${index}`, better: 'less' as const, a: group(1), b: group(ratio) }));
}

describe('compareGroups', () => {
  it.each(cases)(
    'has the ratio, the p value and the corrected one of scipy, and of all permutations (case %#)',
    ({ first, second, corrected, columns }) => {
      const figures = columns.map((_, index) => ({
        name: String(index),
        better: 'less' as const,
        a: first.map((row) => row[index]!),
        b: second.map((row) => row[index]!),
      }));
      const logs = (rows: Case['first']): number[][] => rows.map((row) => row.map(Math.log));
      labelPValues(logs(first), logs(second), 1).forEach((p, index) => expect(p).toBeCloseTo(corrected[index]!, 12));
      compareGroups(figures, { seed: 1 }).forEach(({ ratio, p, adjustedP }, index) => {
        expect(ratio.value).toBeCloseTo(columns[index]!.ratio, 10);
        expect(p).toBeCloseTo(columns[index]!.p, 12);
        expect(adjustedP).toBeCloseTo(Math.max(p, corrected[index]!), 12);
      });
    },
  );

  it('draws permutations where there are too many to try all, and comes to about the same', () => {
    const [figure] = simulate([1.02], 9, 0.02, 3);
    expect(waysCount(18, 9)).toBe(48_620);
    const rows = (values: readonly number[]): number[][] => values.map((value) => [Math.log(value)]);
    const [one, other] = [1, 2].map((seed) => labelPValues(rows(figure!.a), rows(figure!.b), seed)[0]!);
    expect(one).not.toBe(other);
    expect(Math.abs(one! - other!)).toBeLessThan(0.02);
  });

  it('says better or worse of any of ten figures in at most 5 of 100 comparisons of A with A', () => {
    const ratios = Array.from({ length: 10 }, () => 1);
    const alarms = Array.from({ length: 100 }, (_, seed) =>
      compareGroups(simulate(ratios, 6, 0.05, seed + 1), { seed }).some(({ answer }) => answer === 'better' || answer === 'worse'),
    );
    expect(alarms.filter(Boolean).length).toBeLessThanOrEqual(5);
  });

  it('says worse of a planted 5 % with 2 % noise in at least 19 of 20 comparisons of 10 with 10', () => {
    const answers = Array.from({ length: 20 }, (_, seed) => compareGroups(simulate([1.05], 10, 0.02, seed + 1), { seed })[0]!.answer);
    expect(answers.filter((answer) => answer === 'worse').length).toBeGreaterThanOrEqual(19);
  });

  it('refuses to judge fewer than 4 and 4, or one with fewer than 39', () => {
    expect([
      missingExperiments(4, 4),
      missingExperiments(3, 3),
      missingExperiments(1, 1),
      missingExperiments(1, 39),
      missingExperiments(1, 38),
    ]).toEqual([0, 1, 3, 0, 1]);
    const few = compareGroups([{ name: 'p99', better: 'less', a: [1, 1.1, 1.2], b: [3, 3.1, 3.2] }], { seed: 1 })[0]!;
    expect(few).toMatchObject({ answer: 'cannot tell', reason: 'too few', more: 1, effect: 1, counts: { a: 3, b: 3 } });
    const enough = compareGroups([{ name: 'p99', better: 'less', a: [1, 1.1, 1.2, 1.3], b: [3, 3.1, 3.2, 3.3] }], { seed: 1 })[0]!;
    expect(enough).toMatchObject({ answer: 'worse', effect: 1, p: expect.closeTo(2 / 70, 12), adjustedP: expect.closeTo(2 / 70, 12) });
    expect(enough.ratio.low).toBeCloseTo(3 / 1.3, 12);
    expect(enough.ratio.high).toBeCloseTo(3.3, 12);
  });
});
