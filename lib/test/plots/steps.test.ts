import { describe, expect, it } from 'vitest';
import { logTicks } from '../../src/plots/seconds-axis.ts';
import { alignSteps, levelSteps, rateSteps, windowEdges, withoutGaps } from '../../src/plots/steps.ts';

const numbers = (...values: readonly number[]): Float64Array => Float64Array.from(values);
const { NaN: unknown } = Number;

describe('windows', () => {
  it('are as wide as asked for, or wider where there would be too many', () => {
    expect(windowEdges(0, 4, { leastSeconds: 1 })).toEqual(numbers(0, 1, 2, 3, 4));
    expect(windowEdges(1, 601, { leastSeconds: 1, most: 3 })).toEqual(numbers(1, 201, 401, 601));
  });

  it('have no sliver at the end: it is part of the last one', () => {
    expect(windowEdges(0, 3.2, { leastSeconds: 1 })).toEqual(numbers(0, 1, 2, 3.2));
    expect(windowEdges(0, 0, { leastSeconds: 1 })).toEqual(numbers(0, 0));
  });
});

describe('rates', () => {
  it('are drawn where the counter rose, not after it', () => {
    const atMs = Float64Array.from({ length: 41 }, (_, index) => 10_000 + index * 100);
    // 50 a second in the second second, and nothing before or after.
    const counter = atMs.map((ms) => Math.min(50, Math.max(0, (ms - 11_000) / 20)));
    const { edges, values } = rateSteps(atMs, counter, windowEdges(0, 4, { leastSeconds: 1 }), 10_000);
    expect(edges).toEqual(numbers(0, 1, 2, 3, 4));
    expect(values).toEqual(numbers(0, 50, 0, 0));
  });

  it('are not known of two readings: between them may be anything', () => {
    expect(rateSteps(numbers(0, 1000), numbers(0, 9), numbers(0, 1), 0).values).toEqual(numbers(unknown));
  });
});

describe('levels', () => {
  it('keep the largest of a window, and hold a reading for as long as readings are apart', () => {
    const times = numbers(0, 0.5, 1, 2, 9);
    const readings = numbers(5, 7, 6, unknown, 1);
    const { values } = levelSteps(times, readings, windowEdges(0, 9, { leastSeconds: 1 }));
    // Readings are usually half a second apart: after 2.5 of those one is too old.
    expect(values).toEqual(numbers(7, 6, 6, unknown, unknown, unknown, unknown, unknown, 1));
  });

  it('hold the only reading there is', () => {
    expect(levelSteps(numbers(0, 1), numbers(3, unknown), numbers(0, 1, 2, 3)).values).toEqual(numbers(3, 3, 3));
  });

  it('are unknown in a gap', () => {
    const steps = { edges: numbers(0, 1, 2, 3), values: numbers(1, 2, 3) };
    expect(withoutGaps(steps, [[0.5, 2.5]]).values).toEqual(numbers(1, unknown, 3));
  });
});

describe('steps of several series', () => {
  it('are rows at every edge, and end where they end: the last one too has its width', () => {
    const rows = alignSteps({
      a: { edges: numbers(0, 1, 2), values: numbers(10, 20) },
      b: { edges: numbers(0, 1.5), values: numbers(5) },
    });
    expect(rows.times).toEqual(numbers(0, 1, 1.5, 1.5, 2));
    expect(rows.values['a']).toEqual(numbers(10, 20, 20, 20, 20));
    expect(rows.values['b']).toEqual(numbers(5, 5, 5, unknown, unknown));
  });

  it('have no row that says the same as the one before', () => {
    const { times, values } = alignSteps({ a: { edges: numbers(0, 1, 2, 3, 4), values: numbers(7, 7, 7, 8) } });
    expect(times).toEqual(numbers(0, 3, 4));
    expect(values['a']).toEqual(numbers(7, 8, 8));
  });

  it('break at a window of which nothing is known, not before it', () => {
    const { times, values } = alignSteps({ a: { edges: numbers(0, 1, 2, 3), values: numbers(4, unknown, 6) } });
    expect(times).toEqual(numbers(0, 1, 1, 2, 3));
    expect(values['a']).toEqual(numbers(4, 4, unknown, 6, 6));
  });
});

describe('labels of a logarithmic axis', () => {
  it.each([
    [0.001, 10, 12, [0.001, 0.01, 0.1, 1, 10]],
    [0.0045, 4.04, 12, [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]],
    [0.1, 1, 12, [0.1, 0.2, 0.5, 1]],
    [0.11, 0.32, 12, [0.15, 0.2, 0.25, 0.3]],
    [0.3, 0.9, 12, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]],
    [1e-6, 1e4, 6, [1e-6, 1e-4, 1e-2, 1, 1e2, 1e4]],
  ])('from %d to %d, %d at most', (low, high, most, expected) => {
    expect(logTicks(low, high, most)).toEqual(expected);
  });

  it('are at least three, whatever the range', () => {
    for (let low = 0.001; low < 1; low *= 1.37)
      for (let factor = 1.2; factor < 1e5; factor *= 1.6) {
        const labels = logTicks(low, low * factor, 12);
        expect(labels.length, `${low} to ${low * factor}`).toBeGreaterThanOrEqual(3);
        expect(labels.length).toBeLessThanOrEqual(12);
      }
  });
});
