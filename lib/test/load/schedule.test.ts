import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plannedRuns, plannedSeconds } from '../../src/config/arrival.ts';
import { burst, constant, type Load, poisson, ramp, steps, toLoad } from '../../src/load/schedule.ts';

const rate = fc.double({ min: 0.1, max: 1000, noNaN: true });

function dueOf(load: Load): number[] {
  if (load.kind === 'closed') throw new Error('a closed load has no due times');
  return [...load.due];
}

function take(due: Iterable<number>, count: number): number[] {
  const taken: number[] = [];
  for (const seconds of due) {
    if (taken.push(seconds) === count) break;
  }
  return taken;
}

describe('due times', () => {
  it('burst: all at once', () => expect([...burst(3)]).toEqual([0, 0, 0]));

  it('constant: i / rate exactly, also after a day', () => {
    expect([...constant(50, 4)]).toEqual([0, 0.02, 0.04, 0.06]);
    expect(take(constant(3, 259_201), 259_201).at(-1)).toBe(86_400);
  });

  it('ramp: where the integral of the rate is a whole number', () => {
    // From 0 to 10 per second in 10 s: the integral is t^2 / 2.
    const due = [...ramp([0, 10], 10, 50)];
    for (const [index, seconds] of due.entries()) expect(seconds).toBeCloseTo(Math.sqrt(2 * index), 12);
    expect([...ramp([4, 4], 10, 4)]).toEqual([0, 0.25, 0.5, 0.75]);
    // From 10 to 0: 10 t - t^2 / 2; 32 runs are due within 4 s.
    expect([...ramp([10, 0], 10, 50)][32]).toBeCloseTo(4, 12);
  });

  it('ramp: for any rates, the integral of the rate at due time i is i, and all fall within the ramp', () => {
    fc.assert(
      fc.property(
        rate,
        fc.double({ min: 0, max: 1000, noNaN: true }),
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        (from, to, seconds) => {
          const load = toLoad({ arrival: { ramp: [from, to] }, load_seconds: seconds });
          const due = dueOf(load);
          expect(Math.abs(due.length - ((from + to) / 2) * seconds)).toBeLessThanOrEqual(1);
          for (const [index, t] of due.entries()) {
            const integral = from * t + ((to - from) * t * t) / (2 * seconds);
            // A rate that ends at 0 makes the last due times sensitive: the integral is what is asserted.
            expect(Math.abs(integral - index)).toBeLessThan(1e-6 * Math.max(1, index));
            expect(t).toBeLessThanOrEqual(seconds * (1 + 1e-6));
          }
          expect(due).toEqual(due.toSorted((a, b) => a - b));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('steps: each at its rate, pauses kept, a fraction of a run carried into the next step', () => {
    expect([
      ...steps(
        [
          { rate: 2, seconds: 1 },
          { rate: 0, seconds: 3 },
          { rate: 4, seconds: 0.5 },
        ],
        4,
      ),
    ]).toEqual([0, 0.5, 4, 4.25]);
    // 1.5 runs in the first second: run 2 is due half a run into the second step.
    expect(
      [
        ...steps(
          [
            { rate: 1.5, seconds: 1 },
            { rate: 5, seconds: 1 },
          ],
          7,
        ),
      ].slice(0, 3),
    ).toEqual([0, 1 / 1.5, 1.1]);
  });

  it('poisson: the same seed gives the same times, another seed others', () => {
    expect(take(poisson(50, 3), 100)).toEqual(take(poisson(50, 3), 100));
    expect(take(poisson(50, 3), 100)).not.toEqual(take(poisson(50, 4), 100));
  });

  it.each([1, 2, 3])('poisson with seed %i: intervals have the mean and variance of the exponential, counts those of Poisson', (seed) => {
    const count = 100_000;
    const due = take(poisson(20, seed), count);
    const intervals = due.map((seconds, index) => seconds - (due[index - 1] ?? 0));
    const mean = intervals.reduce((sum, value) => sum + value, 0) / count;
    const variance = intervals.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    // Standard errors: of the mean 1/sqrt(n), of the variance sqrt(8/n), relative; four of them.
    expect(Math.abs(mean * 20 - 1)).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(variance * 400 - 1)).toBeLessThan(4 * Math.sqrt(8 / count));
    // Memoryless: P(interval > 1/rate) = 1/e.
    const longer = intervals.filter((value) => value > 1 / 20).length / count;
    expect(Math.abs(longer - 1 / Math.E)).toBeLessThan(4 * Math.sqrt(0.24 / count));
    // Index of dispersion of the counts per second: 1.
    const seconds = Math.floor(due.at(-1) ?? 0);
    const perSecond = Array.from({ length: seconds }, () => 0);
    for (const at of due) if (at < seconds) perSecond[Math.floor(at)]! += 1;
    const meanCount = perSecond.reduce((sum, value) => sum + value, 0) / seconds;
    const dispersion = perSecond.reduce((sum, value) => sum + (value - meanCount) ** 2, 0) / seconds / meanCount;
    expect(Math.abs(dispersion - 1)).toBeLessThan(4 * Math.sqrt(2 / seconds));
  });
});

describe('toLoad', () => {
  it('takes a number of runs or a length of time, whichever the config says', () => {
    expect(dueOf(toLoad({ arrival: 'burst', workflows: 3 }))).toEqual([0, 0, 0]);
    expect(dueOf(toLoad({ arrival: { constant: 4 }, workflows: 3 }))).toEqual([0, 0.25, 0.5]);
    expect(dueOf(toLoad({ arrival: { constant: 4 }, load_seconds: 1 }))).toEqual([0, 0.25, 0.5, 0.75]);
    // 1.1 * 10 is a hair above 11 in floating point: still 11 runs, the twelfth would be due at 10 s.
    expect(dueOf(toLoad({ arrival: { constant: 1.1 }, load_seconds: 10 }))).toHaveLength(11);
    expect(dueOf(toLoad({ arrival: { ramp: [0, 10] }, workflows: 50 })).at(-1)).toBeCloseTo(Math.sqrt(98), 12);
    expect(dueOf(toLoad({ arrival: { poisson: 100, seed: 5 }, workflows: 10 }))).toEqual(take(poisson(100, 5), 10));
    expect(toLoad({ arrival: { closed: 8 }, load_seconds: 5 })).toEqual({ kind: 'closed', inFlight: 8, runs: Infinity, endSeconds: 5 });
    expect(toLoad({ arrival: { closed: 8 }, workflows: 100 })).toEqual({ kind: 'closed', inFlight: 8, runs: 100, endSeconds: Infinity });
  });

  it('poisson for a length of time: every due time within it, and can be counted', () => {
    const load = toLoad({ arrival: { poisson: 100, seed: 5 }, load_seconds: 3 });
    const due = dueOf(load);
    expect(due.at(-1)).toBeLessThan(3);
    expect(take(poisson(100, 5), due.length + 1).at(-1)).toBeGreaterThanOrEqual(3);
    expect(load).toMatchObject({ runs: Number.NaN });
  });

  it('what is planned is what is scheduled, for any rates', () => {
    const arrival = fc.oneof(
      fc.record({ constant: rate }),
      fc.record({ ramp: fc.tuple(rate, rate) }),
      fc.record({
        steps: fc.array(fc.record({ rate, seconds: fc.double({ min: 0.1, max: 5, noNaN: true }) }), { minLength: 1, maxLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(arrival, fc.double({ min: 0.1, max: 10, noNaN: true }), (kind, seconds) => {
        const size = { arrival: kind, ...('steps' in kind ? {} : { load_seconds: seconds }) };
        const due = dueOf(toLoad(size));
        expect(due).toHaveLength(plannedRuns(size));
        expect(toLoad(size)).toMatchObject({ runs: due.length });
        expect(due.at(-1)).toBeLessThan(plannedSeconds(size));
      }),
      { numRuns: 100 },
    );
  });

  it('a closed loop over a time has a number of runs that nobody can tell beforehand', () => {
    expect(toLoad({ arrival: { closed: 8 }, load_seconds: 5 })).toMatchObject({ runs: Infinity });
    expect(toLoad({ arrival: { closed: 8 }, workflows: 5 })).toMatchObject({ runs: 5 });
  });
});
