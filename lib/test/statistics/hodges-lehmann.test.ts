import { describe, expect, it } from 'vitest';
import { hodgesLehmann, hodgesLehmannShift } from '../../src/statistics/hodges-lehmann.ts';
import type { Estimate } from '../../src/statistics/estimate.ts';
import { golden } from './golden.ts';
import { seededNormal } from './simulate.ts';

const { one, two } = golden<{
  one: (Estimate & { values: number[]; asked: number })[];
  two: (Estimate & { first: number[]; second: number[] })[];
}>('hodges-lehmann');

function expectEstimate(estimate: Estimate, wanted: Estimate): void {
  for (const part of ['value', 'low', 'high', 'level'] as const) {
    if (Number.isNaN(wanted[part])) expect(estimate[part]).toBeNaN();
    else expect(estimate[part]).toBeCloseTo(wanted[part], 12);
  }
}

describe('hodgesLehmann', () => {
  it.each(one)('is what all signs of the ranks say, tried one by one (case %#)', (wanted) => {
    expectEstimate(hodgesLehmann(wanted.values, wanted.asked), wanted);
  });

  it('gives what Hollander and Wolfe have for the depression scores: 0.46, from 0.010 to 0.786 at 96.1 %', () => {
    const { value, low, high, level } = hodgesLehmann(one[0]!.values);
    expect([value, low, high, level].map((number) => number.toFixed(3))).toEqual(['0.460', '0.010', '0.786', '0.961']);
  });

  it.each([10, 80])('holds the center in 95 of 100 intervals of %d values', (count) => {
    const normal = seededNormal(count);
    let held = 0;
    for (let trial = 0; trial < 400; trial++) {
      const { low, high } = hodgesLehmann(Array.from({ length: count }, normal));
      if (low <= 0 && high >= 0) held += 1;
    }
    // Two standard errors below 95 %.
    expect(held / 400).toBeGreaterThan(0.928);
  });
});

describe('hodgesLehmannShift', () => {
  it.each(two)('is what all orders of both samples say, tried one by one (case %#)', (wanted) => {
    expectEstimate(hodgesLehmannShift(wanted.first, wanted.second), wanted);
  });
});
