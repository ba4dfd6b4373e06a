import { describe, expect, it } from 'vitest';
import { rateBefore, recoveryMs } from '../../src/analysis/fault-recovery.ts';

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

const recoveryOf = (atMs: Float64Array, beganMs: number, untilMs: number): number =>
  recoveryMs(atMs, rateBefore(atMs, 0, beganMs), { sinceMs: 0, beganMs, endedMs: beganMs, untilMs });

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
    expect(recoveryOf(ends([{ seconds: 10, perSecond: 50 }]), 10_000, 10_100)).toBeNaN();
    expect(rateBefore(ends([{ seconds: 10, perSecond: 50 }]), 9500, 10_000)).toBeNaN();
  });
});
