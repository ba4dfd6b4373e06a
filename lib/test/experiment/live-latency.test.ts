import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveLatency } from '../../src/experiment/live-latency.ts';

describe('LiveLatency', () => {
  test('a burst that drains at a steady rate', () => {
    const latency = new LiveLatency();
    expect([latency.meanSeconds, latency.recentSeconds]).toEqual([Number.NaN, Number.NaN]);
    // 100 tasks at once, ten end every second: those of second n took n.
    for (let second = 0; second <= 10; second++) latency.add(second * 1000, 100, 10 * second);
    expect(latency.meanSeconds).toBeCloseTo(5.5, 10);
    // The last two seconds, both ends included: those that took 8, 9 and 10.
    expect(latency.recentSeconds).toBeCloseTo(9, 10);
    // Long after, still those that ended last.
    latency.add(60_000, 100, 100);
    expect(latency.recentSeconds).toBeCloseTo(10, 10);
  });

  test('tasks that come and go within a reading count as nothing, and counts that fall are ignored', () => {
    const latency = new LiveLatency();
    latency.add(0, 10, 10);
    expect(latency.meanSeconds).toBe(0);
    latency.add(1000, 5, 5);
    latency.add(2000, 12, 10);
    latency.add(3000, 12, 12);
    expect(latency.meanSeconds).toBeCloseTo(2 / 12, 10);
  });

  test('once all have ended, the mean is that of the tasks, in whatever order they ended', () => {
    const task = fc.record({ createdMs: fc.nat(1000), tookMs: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(task, { minLength: 1, maxLength: 40 }), (tasks) => {
        const latency = new LiveLatency();
        for (let atMs = 0; atMs <= 2000; atMs++) {
          const created = tasks.filter(({ createdMs }) => createdMs <= atMs).length;
          latency.add(atMs, created, tasks.filter(({ createdMs, tookMs }) => createdMs + tookMs <= atMs).length);
        }
        const meanMs = tasks.reduce((sum, { tookMs }) => sum + tookMs, 0) / tasks.length;
        expect(latency.meanSeconds).toBeCloseTo(meanMs / 1000, 9);
      }),
      { numRuns: 30 },
    );
  });
});
