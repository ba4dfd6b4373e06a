import { describe, expect, it } from 'vitest';
import { countUpTo } from '../../src/analysis/edges.ts';
import { type Recovery, rateBefore, recovery } from '../../src/analysis/fault-recovery.ts';

/** Ends at these rates, one after the other, evenly. */
function ends(parts: readonly { readonly seconds: number; readonly perSecond: number }[]): Float64Array {
  const atMs: number[] = [];
  let fromMs = 0;
  for (const { seconds, perSecond } of parts) {
    for (let index = 0; index < seconds * perSecond; index++) atMs.push(fromMs + (1000 * index) / perSecond);
    fromMs += 1000 * seconds;
  }
  return Float64Array.from(atMs);
}

const recoveryFrom = (atMs: Float64Array, beganMs: number, untilMs: number): Recovery =>
  recovery(atMs, { perSecond: rateBefore(atMs, 0, beganMs), sinceMs: 0, beganMs, endedMs: beganMs, untilMs });
const recoveryOf = (...span: Parameters<typeof recoveryFrom>): number => recoveryFrom(...span).ms;

describe('the time until the rate is back', () => {
  it('is that of a stop, also where what was missed is made up for at once', () => {
    const stop = [
      { seconds: 10, perSecond: 50 },
      { seconds: 1.5, perSecond: 0 },
    ] as const;
    expect(recoveryOf(ends([...stop, { seconds: 10, perSecond: 50 }]), 10_000, 21_500)).toBeCloseTo(1500, -1);
    expect(recoveryOf(ends([...stop, { seconds: 1, perSecond: 125 }, { seconds: 9, perSecond: 50 }]), 10_000, 21_500)).toBeCloseTo(
      1500,
      -1,
    );
  });

  it('is told by short windows where the load ends before a long one is over', () => {
    const late = ends([
      { seconds: 3, perSecond: 40 },
      { seconds: 3, perSecond: 0 },
      { seconds: 1, perSecond: 160 },
      { seconds: 1, perSecond: 40 },
    ]);
    expect(recoveryOf(late, 3000, 8000)).toBeCloseTo(3000, -1);
  });

  it('is that of a rate that halves', () => {
    const halved = ends([
      { seconds: 10, perSecond: 100 },
      { seconds: 6, perSecond: 50 },
      { seconds: 10, perSecond: 100 },
    ]);
    // The window that shows it is 1 s, and may hold a tenth of the time before.
    expect(Math.abs(recoveryOf(halved, 10_000, 26_000) - 6000)).toBeLessThanOrEqual(250);
  });

  it('is told by one end after a stop, however soon the load is over, but not by few after a drop', () => {
    const stop = [
      { seconds: 10, perSecond: 50 },
      { seconds: 2, perSecond: 0 },
    ] as const;
    expect(recoveryFrom(ends([...stop, { seconds: 0.02, perSecond: 50 }]), 10_000, 12_000)).toMatchObject({ rateAfter: 'back', ms: 2000 });
    expect(recoveryFrom(ends(stop), 10_000, 12_000)).toEqual({ rateAfter: 'not back', ms: Number.NaN });
    const halved = (backSeconds: number): Recovery =>
      recoveryFrom(
        ends([
          { seconds: 10, perSecond: 100 },
          { seconds: 4, perSecond: 50 },
          { seconds: backSeconds, perSecond: 100 },
        ]),
        10_000,
        14_000 + 1000 * backSeconds,
      );
    // Twenty times likelier than half of the rate are 16 ends at the whole one: 16 (ln 2 - 1/2) = 3.1 > ln 20.
    expect(halved(0.1)).toEqual({ rateAfter: 'not back', ms: Number.NaN });
    expect(halved(0.3).rateAfter).toBe('back');
    expect(Math.abs(halved(0.3).ms - 4000)).toBeLessThanOrEqual(250);
  });

  it('is of what was due, where arrivals change by themselves', () => {
    const steps = [
      { seconds: 10, perSecond: 50 },
      { seconds: 5, perSecond: 20 },
      { seconds: 10, perSecond: 50 },
    ] as const;
    const dueMs = ends(steps).map((ms) => ms + 7 * Math.sin(ms));
    const span = { perSecond: 50, sinceMs: 0, beganMs: 10_000, endedMs: 10_000, untilMs: 25_000 };
    expect(recovery(ends(steps), span)).toMatchObject({ rateAfter: 'back' });
    expect(recovery(ends(steps), { ...span, dueEnds: (ms) => countUpTo(dueMs.toSorted(), ms) })).toEqual({ rateAfter: 'kept', ms: 0 });
  });

  it('is 0 where nothing fell, and not known where it never came back, or there was no time to see it', () => {
    expect(recoveryOf(ends([{ seconds: 30, perSecond: 50 }]), 10_000, 30_000)).toBe(0);
    expect(
      recoveryOf(
        ends([
          { seconds: 10, perSecond: 50 },
          { seconds: 20, perSecond: 5 },
        ]),
        10_000,
        30_000,
      ),
    ).toBeNaN();
    expect(recoveryFrom(ends([{ seconds: 10, perSecond: 50 }]), 10_000, 10_010)).toEqual({ rateAfter: 'unseen', ms: Number.NaN });
    expect(rateBefore(ends([{ seconds: 10, perSecond: 50 }]), 9500, 10_000)).toBeNaN();
  });
});
