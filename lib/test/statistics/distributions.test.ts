import { expect, it } from 'vitest';
import { binomialProbability, studentTwoSided } from '../../src/statistics/incomplete-beta.ts';
import { normalProbability, normalQuantile } from '../../src/statistics/normal.ts';
import { golden } from './golden.ts';

const values = golden<{
  normalProbability: [z: number, p: number][];
  normalQuantile: [p: number, z: number][];
  studentTwoSided: [t: number, freedom: number, p: number][];
  binomialProbability: [successes: number, trials: number, p: number, probability: number][];
}>('distributions');

function expectWithin(value: number, wanted: number, relative: number): void {
  expect(Math.abs(value - wanted), `${value} for ${wanted}`).toBeLessThanOrEqual(relative * Math.abs(wanted));
}

it('normal probabilities and quantiles are those of scipy, to 12 digits', () => {
  for (const [z, p] of values.normalProbability) expectWithin(normalProbability(z), p, 1e-12);
  for (const [p, z] of values.normalQuantile) expectWithin(normalQuantile(p), z, 1e-13);
  expect([normalQuantile(0), normalQuantile(1), normalQuantile(-0.1), normalProbability(Number.NaN)]).toEqual([
    -Infinity,
    Infinity,
    Number.NaN,
    Number.NaN,
  ]);
});

it("Student's t and the binomial distribution are those of scipy, to 7 digits", () => {
  for (const [t, freedom, p] of values.studentTwoSided) expectWithin(studentTwoSided(t, freedom), p, 1e-10);
  for (const [successes, trials, p, wanted] of values.binomialProbability) {
    expectWithin(binomialProbability(successes, trials, p), wanted, 1e-7);
  }
});
