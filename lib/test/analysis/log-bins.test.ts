import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countByBin, logBinEdges, timeResolution } from '../../src/analysis/log-bins.ts';

test('edges are equally wide in logarithms, from the bin of the minimum to past the maximum', () => {
  expect([...logBinEdges(0.1, 10, { binsPerDecade: 2 })]).toEqual([0.1, 0.316228, 1, 3.162278, 10, 31.622777]);
});

test('near the resolution, edges are whole steps of it, each once', () => {
  expect([...logBinEdges(0.001, 0.0099, { binsPerDecade: 12, resolutionSeconds: 0.001 })]).toEqual([
    0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.01,
  ]);
});

test('times below the resolution get a bin of their own, half a step wide', () => {
  expect([...logBinEdges(0, 0.0015, { binsPerDecade: 1, resolutionSeconds: 0.001 })]).toEqual([0.0005, 0.001, 0.01]);
  expect([...logBinEdges(0, 0, { resolutionSeconds: 0.001 })]).toEqual([0.0005, 0.001, 0.002]);
});

test('counts by bin, the lower edge belonging to it; what is below the first edge counts in the first', () => {
  const edges = Float64Array.of(0.0005, 0.001, 0.01, 0.1);
  const bins = countByBin([-0.002, 0, 0.001, 0.0099, 0.01, 0.05], edges);
  expect(bins).toEqual([
    { fromSeconds: 0.0005, toSeconds: 0.001, count: 2 },
    { fromSeconds: 0.001, toSeconds: 0.01, count: 2 },
    { fromSeconds: 0.01, toSeconds: 0.1, count: 2 },
  ]);
});

test('whatever the times and the clock, every one is counted once, in the bin that holds it', () => {
  const times = fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(times, fc.constantFrom(1e-6, 1e-4, 0.001), fc.integer({ min: 1, max: 40 }), (seconds, resolutionSeconds, binsPerDecade) => {
      const edges = logBinEdges(Math.min(...seconds), Math.max(...seconds), { resolutionSeconds, binsPerDecade });
      expect([...edges]).toEqual([...new Set(edges)].sort((a, b) => a - b));
      expect(edges[0]).toBeLessThanOrEqual(Math.max(Math.min(...seconds) * (1 + 1e-9), resolutionSeconds / 2));
      const bins = countByBin(
        seconds.toSorted((a, b) => a - b),
        edges,
      );
      expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(seconds.length);
      for (const { fromSeconds, toSeconds, count } of bins) {
        const inside = seconds.filter((value) => Math.max(value, edges[0] ?? 0) >= fromSeconds && value < toSeconds);
        expect(inside.length).toBe(count);
      }
    }),
  );
});

test('the clock is one of whole milliseconds when every known time is one', () => {
  expect(timeResolution([1_700_000_000_000, Number.NaN, 1_700_000_000_007])).toBe(0.001);
  expect(timeResolution([1_700_000_000_000, 1_700_000_000_000.25])).toBe(1e-6);
});
