import { describe, expect, it } from 'vitest';
import { type Growth, growthOf } from '../../src/analysis/series-growth.ts';
import { growthWords } from '../../src/report/sections/growth.ts';
import { seededNormal } from '../statistics/simulate.ts';

const seconds = 7200;
const atSeconds = Array.from({ length: seconds }, (_, second) => second);
/** As of a load of two hours whose first third is left out. */
const span = [seconds / 3, seconds] as const;

/**
 * RSS as garbage collection makes it, a reading a second: a sawtooth of 25 MB that takes 90 s (by turns half or twice that), and noise of 2 MB
 * that resembles itself for a minute and a half (AR(1), 0.99).
 */
function sawtooth(bytesPerHour: number, seed: number): readonly number[] {
  const normal = seededNormal(seed);
  let [phase, period, noise] = [(seed % 10) / 10, 90, 0];
  return atSeconds.map((second) => {
    phase += 1 / period;
    if (phase >= 1) [phase, period] = [0, 90 * Math.exp(0.35 * normal())];
    noise = 0.99 * noise + Math.sqrt(1 - 0.99 ** 2) * 2e6 * normal();
    return 120e6 + (bytesPerHour * second) / 3600 + 25e6 * phase + noise;
  });
}

function simulated(bytesPerHour: number): readonly Growth[] {
  return Array.from({ length: 100 }, (_, seed) => growthOf(atSeconds, sawtooth(bytesPerHour, seed + 1), span));
}

const count = (all: readonly Growth[], matches: (growth: Growth) => boolean): number => all.filter(matches).length;

describe('growthOf', () => {
  it('says of a sawtooth that is flat that it grows in at most 5 of 100', () => {
    const flat = simulated(0);
    expect(count(flat, ({ verdict }) => verdict === 'grows')).toBeLessThanOrEqual(5);
    expect(count(flat, ({ verdict }) => verdict === 'does-not-grow')).toBeGreaterThanOrEqual(90);
    expect(count(flat, ({ lowBytesPerHour: low, highBytesPerHour: high }) => low <= 0 && high >= 0)).toBeGreaterThanOrEqual(90);
  });

  it('finds a leak of 10 MB an hour in at least 95 of 100, and its interval holds it', () => {
    const leaking = simulated(10e6);
    expect(count(leaking, ({ verdict }) => verdict === 'grows')).toBeGreaterThanOrEqual(95);
    expect(count(leaking, ({ lowBytesPerHour: low, highBytesPerHour: high }) => low <= 10e6 && high >= 10e6)).toBeGreaterThanOrEqual(90);
  });

  it('leaves out growth that slows down, of what fills up, and not that of a steady leak', () => {
    const judged = (fills: (second: number) => number): readonly Growth[] =>
      Array.from({ length: 20 }, (_, seed) =>
        growthOf(
          atSeconds,
          sawtooth(0, seed + 1).map((bytes, second) => bytes + fills(second)),
          span,
        ),
      );
    const filling = judged((second) => 100e6 * (1 - Math.exp(-second / 1200)));
    // As a line through the whole time all of them would.
    expect(count(filling, ({ verdict }) => verdict === 'grows')).toBeLessThanOrEqual(6);
    const slowed = filling.filter(({ slowed: isHalf }) => isHalf);
    expect(slowed.length).toBeGreaterThanOrEqual(15);
    expect(new Set(slowed.map(({ fromSeconds }) => fromSeconds))).toContain((span[0] + span[1]) / 2);
    const leaking = judged((second) => (40e6 * second) / 3600);
    expect(count(leaking, ({ verdict }) => verdict === 'grows')).toBe(20);
    expect(count(leaking, ({ slowed: isHalf }) => isHalf)).toBeLessThanOrEqual(5);
  });

  it('says so where nothing is left to judge of growth that slows down', () => {
    const short = growthOf(
      atSeconds,
      atSeconds.map((second) => 1e8 * (1 - Math.exp(-second / 200)) + 1e4 * Math.sin(second * second)),
      [0, 500],
    );
    expect(short).toMatchObject({
      verdict: 'too-short',
      slowed: true,
      reason: 'growth slowed down, and after that there are 250 s that count, of at least 300',
    });
    expect(growthWords(short)).toBe('too short to tell (growth slowed down, and after that there are 250 s that count, of at least 300)');
  });

  it('is exact on a line, and does not say growth of what is of no account', () => {
    const line = (bytesPerHour: number): Growth =>
      growthOf(
        atSeconds,
        atSeconds.map((second) => 1e8 + (bytesPerHour * second) / 3600),
        span,
      );
    expect(line(12e6)).toMatchObject({ verdict: 'grows', blocks: 60, reason: '', bytesPerHour: expect.closeTo(12e6, -1) });
    expect(line(4e6)).toMatchObject({ verdict: 'does-not-grow', lowBytesPerHour: expect.closeTo(4e6, -1) });
    expect(line(-12e6)).toMatchObject({ verdict: 'does-not-grow', highBytesPerHour: expect.closeTo(-12e6, -1) });
  });

  it('is too short to tell in less than five minutes, with too few readings, and where the interval is wide', () => {
    const wild = atSeconds.map((second) => 1e8 + 60e6 * Math.abs(Math.sin(second * second)));
    const short = growthOf(atSeconds, wild, [100, 399]);
    expect(short).toMatchObject({ verdict: 'too-short', bytesPerHour: Number.NaN, reason: '299 s that count, of at least 300' });
    expect(growthOf([100, 200, 300], [1, 2, 3], [0, 7200])).toMatchObject({
      verdict: 'too-short',
      reason: 'readings in 3 of 60 parts of the time, of at least 20',
    });
    const wide = growthOf(atSeconds, wild, [100, 400]);
    expect(wide.verdict).toBe('too-short');
    expect(wide.lowBytesPerHour).toBeLessThan(0);
    expect(wide.highBytesPerHour).toBeGreaterThan(5e6);
    expect(growthOf([], [], [Number.NaN, Number.NaN]).reason).toBe('0 s that count, of at least 300');
  });
});

describe('growthWords', () => {
  const growth = {
    bytesPerHour: 10e6,
    lowBytesPerHour: 8.13e6,
    highBytesPerHour: 12e6,
    level: 0.95,
    fromSeconds: 600,
    toSeconds: 3000,
    slowed: false,
    blocks: 60,
    reason: '',
  };

  it('says by how much it grows, within what it does not, or that it is too short', () => {
    expect(growthWords({ ...growth, verdict: 'grows' })).toBe('grows by 8.13 to 12 MB/h (95 % interval, over 40 min)');
    expect(growthWords({ ...growth, verdict: 'does-not-grow', lowBytesPerHour: -2.5e6, highBytesPerHour: 1e6 })).toBe(
      'does not grow (slope within ± 2.5 MB/h; 95 % interval, over 40 min)',
    );
    expect(growthWords({ ...growth, verdict: 'does-not-grow', lowBytesPerHour: -9e6, highBytesPerHour: -7e6 })).toBe(
      'does not grow (it falls by 7 to 9 MB/h; 95 % interval, over 40 min)',
    );
    expect(growthWords({ ...growth, verdict: 'grows', slowed: true })).toBe(
      'grows by 8.13 to 12 MB/h (95 % interval, over 40 min after faster growth)',
    );
    expect(growthWords({ ...growth, verdict: 'too-short', lowBytesPerHour: -9e6, toSeconds: 690 })).toBe(
      'too short to tell (between -9 and 12 MB/h; 95 % interval, over 90 s)',
    );
    expect(
      growthWords({
        ...growth,
        verdict: 'too-short',
        bytesPerHour: null,
        lowBytesPerHour: null,
        highBytesPerHour: null,
        reason: '20 s that count, of at least 300',
      }),
    ).toBe('too short to tell (20 s that count, of at least 300)');
  });
});
