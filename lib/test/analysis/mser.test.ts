import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchMeans, mserTruncation } from '../../src/analysis/mser.ts';

/** The definition, word for word: squared standard error of the mean of what is left. */
function plainMser(batches: readonly number[]): readonly number[] {
  return Array.from({ length: Math.floor(batches.length / 2) + 1 }, (_, truncation) => {
    const rest = batches.slice(truncation);
    const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
    return rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rest.length ** 2;
  });
}

describe('mserTruncation', () => {
  it('cuts off a transient, and nothing of a series without one', () => {
    const settled = [50, 51, 49, 50, 52, 48, 50, 51, 49, 50, 50, 51];
    expect(mserTruncation([5, 20, 40, ...settled])).toBe(3);
    expect(mserTruncation(Array.from({ length: 20 }, () => 50.1))).toBe(0);
  });

  it.each([1e-9, 1, 1e9])('says the same whatever the unit and the offset of the series (scale %d)', (scale) => {
    const series = [5, 20, 40, 50, 51, 49, 50, 52, 48, 50, 51, 49, 50, 50, 51];
    expect(mserTruncation(series.map((value) => value * scale))).toBe(3);
    expect(mserTruncation(series.map((value) => (value + 1e6) * scale))).toBe(3);
    expect(mserTruncation([90, 80, 70, ...Array.from({ length: 20 }, () => 50.1)].map((value) => value * scale))).toBe(3);
  });

  it('does not know of a series that never settles', () => {
    expect(mserTruncation(Array.from({ length: 20 }, (_, index) => index))).toBeUndefined();
  });

  it('has the least squared standard error of all that it may choose', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 10, maxLength: 40 }), (batches) => {
        const errors = plainMser(batches);
        const least = Math.min(...errors);
        const truncation = mserTruncation(batches);
        if (truncation === undefined) expect(errors.at(-1)).toBeCloseTo(least, 6);
        else expect(errors[truncation]).toBeCloseTo(least, 6);
      }),
    );
  });
});

describe('batchMeans', () => {
  it('averages five at a time, and leaves the rest out', () => {
    expect(batchMeans([1, 2, 3, 4, 5, 10, 10, 10, 10, 15, 99])).toEqual([3, 11]);
  });
});
