import { describe, expect, it } from 'vitest';
import { universalScalability, type ScalingPoint } from '../../src/statistics/universal-scalability.ts';
import { golden } from './golden.ts';
import { seededNormal } from './simulate.ts';

interface Wanted {
  readonly size: number[];
  readonly throughput: number[];
  readonly weight: number[];
  readonly lambda: number;
  readonly sigma: number;
  readonly kappa: number;
}

const cases = golden<Wanted[]>('universal-scalability');
const pointsOf = ({ size, throughput, weight }: Wanted): readonly ScalingPoint[] =>
  size.map((at, index) => ({ size: at, throughput: throughput[index]!, weight: weight[index]! }));

describe('universalScalability', () => {
  it.each(cases)('is the least squares of the logarithm that scipy finds (case %#)', (wanted) => {
    const law = universalScalability(pointsOf(wanted), { seed: 1, resamples: 10 })!;
    expect(law.lambda.value / wanted.lambda).toBeCloseTo(1, 5);
    expect(law.sigma.value).toBeCloseTo(wanted.sigma, 6);
    expect(law.kappa.value).toBeCloseTo(wanted.kappa, 7);
  });

  it('is what R’s usl publishes for SPEC SDM91, 0.028, 0.0001 and 90, when weighted as plain least squares does', () => {
    const points = pointsOf(cases[0]!).map((point) => ({ ...point, weight: point.throughput ** 2 }));
    const law = universalScalability(points, { seed: 1, resamples: 10 })!;
    expect(law.sigma.value).toBeCloseTo(0.028, 2);
    expect(law.kappa.value).toBeCloseTo(0.0001, 4);
    expect(law.lambda.value / 90).toBeCloseTo(1, 1);
  });

  it('finds the law that points lie on, and a peak of Infinity where throughput never falls', () => {
    const exact = [1, 2, 4, 8, 16].map((size) => ({ size, throughput: (100 * size) / (1 + 0.1 * (size - 1)) }));
    const law = universalScalability(exact, { seed: 1, resamples: 10 })!;
    expect(law.sigma.value).toBeCloseTo(0.1, 9);
    expect(law.predict(32)).toBeCloseTo(3200 / 4.1, 6);
    expect(law.peakSize.value).toBeGreaterThan(1e6);
    expect(law.residualRatio).toBeLessThan(1e-9);
    expect(universalScalability(exact.slice(0, 2), { seed: 1 })).toBeUndefined();
    expect(universalScalability(exact.slice(0, 3), { seed: 1 })).toBeUndefined();
  });

  it('holds the true contention in at least 9 of 10 of its 95 % intervals', () => {
    const sizes = [1, 2, 4, 8, 16, 32].flatMap((size) => [size, size, size]);
    let held = 0;
    for (let trial = 0; trial < 40; trial++) {
      const normal = seededNormal(trial);
      const points = sizes.map((size) => ({
        size,
        throughput: ((100 * size) / (1 + 0.05 * (size - 1) + 0.001 * size * (size - 1))) * Math.exp(0.03 * normal()),
      }));
      const { sigma } = universalScalability(points, { seed: trial, resamples: 100 })!;
      if (sigma.low <= 0.05 && sigma.high >= 0.05) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(36);
  });
});
