import { describe, expect, it } from 'vitest';
import { comparePairs, leastRounds, type PairedFigure } from '../../src/statistics/compare-pairs.ts';
import type { FigureAnswer } from '../../src/statistics/figure-answer.ts';
import { seededNormal } from './simulate.ts';

/** Experiments in pairs: what B is by figure, as a ratio of A, and noise of each experiment as a ratio. */
function simulate(ratios: readonly number[], rounds: number, noise: number, seed: number): readonly PairedFigure[] {
  const normal = seededNormal(seed);
  const value = (): number => 100 * Math.exp(noise * normal());
  return ratios.map((ratio, figure) => ({
    name: `figure ${figure}`,
    better: 'less',
    rounds: Array.from({ length: rounds }, () => ({ a: value(), b: ratio * value() })),
  }));
}

/** One figure with these ratios. */
function figureOf(ratios: readonly number[], better: 'less' | 'more' = 'less'): PairedFigure {
  return { name: 'p99', better, rounds: ratios.map((ratio) => ({ a: 2, b: 2 * ratio })) };
}

const compareOne = (figure: PairedFigure, margin?: number): FigureAnswer =>
  comparePairs([figure], { seed: 1, ...(margin !== undefined && { margin }) })[0]!;

describe('comparePairs', () => {
  it('says slower of a planted 5 % with 2 % noise in at least 95 of 100 comparisons of 10 pairs', () => {
    const answers = Array.from({ length: 100 }, (_, seed) => comparePairs(simulate([1.05], 10, 0.02, seed + 1), { seed })[0]!.answer);
    expect(answers.filter((answer) => answer === 'worse').length).toBeGreaterThanOrEqual(95);
  });

  it('says faster or slower of any of ten figures in at most 5 of 100 comparisons of A with A', () => {
    const alarms = Array.from({ length: 100 }, (_, seed) =>
      comparePairs(
        simulate(
          Array.from({ length: 10 }, () => 1),
          10,
          0.05,
          seed + 1,
        ),
        { seed },
      ).some(({ answer }) => answer === 'better' || answer === 'worse'),
    );
    expect(alarms.filter(Boolean).length).toBeLessThanOrEqual(5);
  });

  it('says equivalent of A and A with little noise, in at least 9 of 10 figures', () => {
    const answers = Array.from({ length: 10 }, (_, seed) => comparePairs(simulate([1, 1, 1, 1, 1], 10, 0.01, seed), { seed })).flat();
    expect(answers.filter(({ answer }) => answer === 'equivalent').length).toBeGreaterThanOrEqual(45);
    expect(answers.every(({ answer, more }) => answer !== 'equivalent' || more === 0)).toBe(true);
  });

  it('still finds one figure of thirty that is slower with ten rounds, where Holm’s correction of rank tests could not', () => {
    const ratios = Array.from({ length: 30 }, (_, index) => (index === 4 ? 1.1 : 1));
    const answers = Array.from({ length: 20 }, (_, seed) => comparePairs(simulate(ratios, 10, 0.02, seed), { seed }));
    expect(answers.filter((all) => all[4]!.answer === 'worse').length).toBeGreaterThanOrEqual(19);
  });

  it('gives the ratio with its interval, p values and effect of rounds that all agree', () => {
    const answer = compareOne(figureOf([1.1, 1.12, 1.08, 1.11, 1.09, 1.13]));
    expect(answer).toMatchObject({
      name: 'p99',
      answer: 'worse',
      more: 0,
      counts: { a: 6, b: 6 },
      p: 1 / 32,
      adjustedP: 1 / 32,
      effect: 1,
    });
    expect(answer.ratio).toEqual({
      value: expect.closeTo(1.105, 3),
      low: expect.closeTo(1.08, 12),
      high: expect.closeTo(1.13, 12),
      level: 1 - 1 / 32,
    });
  });

  it('turns with what is better, and with B and A', () => {
    const more = [1.1, 1.12, 1.08, 1.11, 1.09, 1.13];
    const less = more.map((ratio) => 1 / ratio);
    expect(compareOne(figureOf(more, 'more')).answer).toBe('better');
    expect(compareOne(figureOf(less, 'more')).answer).toBe('worse');
    expect(compareOne(figureOf(less, 'less'))).toMatchObject({ answer: 'better', effect: -1 });
  });

  it('refuses to judge fewer than six rounds, and says how many more', () => {
    expect(leastRounds()).toBe(6);
    expect(leastRounds(0.01)).toBe(8);
    const answer = compareOne(figureOf([2, 2, 2, 2, 2]));
    expect(answer).toMatchObject({ answer: 'cannot tell', reason: 'too few', more: 1, counts: { a: 5, b: 5 }, effect: 1 });
    expect(answer.ratio.value).toBeCloseTo(2, 12);
    expect([answer.ratio.low, answer.ratio.high, answer.adjustedP]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(compareOne(figureOf([]))).toMatchObject({ answer: 'cannot tell', more: 6, counts: { a: 0, b: 0 } });
  });

  it('leaves rounds out that have no ratio, and a figure that has too few out of the correction', () => {
    const good = figureOf([1.1, 1.12, 1.08, 1.11, 1.09, 1.13]);
    const gaps: PairedFigure = { ...good, name: 'lost', rounds: good.rounds.map(({ a }, index) => ({ a, b: index > 3 ? Number.NaN : 0 })) };
    const [lost, p99] = comparePairs([gaps, good], { seed: 1 });
    expect(lost).toMatchObject({ answer: 'cannot tell', reason: 'too few', counts: { a: 0, b: 0 } });
    expect(p99).toMatchObject({ answer: 'worse', adjustedP: 1 / 32 });
  });

  it('tells with as many more rounds as it says, in at least 7 of 10', () => {
    let told = 0;
    let tried = 0;
    for (let seed = 0; tried < 40; seed++) {
      const first = comparePairs(simulate([1.04], 8, 0.06, seed), { seed })[0]!;
      if (first.answer !== 'cannot tell') continue;
      expect(first.more).toBeGreaterThan(0);
      tried += 1;
      // The spread of a few rounds is itself uncertain: judged by the truth, its median is what is to be right.
      const [second] = comparePairs(simulate([first.ratio.value], 8 + first.more, 0.06, seed + 1000), { seed });
      if (second!.answer !== 'cannot tell') told += 1;
    }
    expect(told).toBeGreaterThanOrEqual(28);
  });
});
