import { expect, it } from 'vitest';
import { sampleEvery } from '../../src/sampling/sample-every.ts';
import { ManualClock } from '../support/manual-clock.ts';

it('reads on the grid, first at once, and once more when it is stopped', async () => {
  const clock = new ManualClock(0);
  const times: number[] = [];
  const sampler = sampleEvery({ intervalMs: 100, clock, read: () => void times.push(clock.nowMs()), onError: () => undefined });
  await clock.advance(350);
  await sampler.stop();
  expect(times).toEqual([0, 100, 200, 300, 350]);
});

it('leaves out the points that a slow reading covers and keeps to the grid afterwards', async () => {
  const clock = new ManualClock(0);
  const times: number[] = [];
  const read = async (): Promise<void> => {
    times.push(clock.nowMs());
    if (times.length === 2) await clock.waitUntil(clock.nowMs() + 250);
  };
  const sampler = sampleEvery({ intervalMs: 100, clock, read, onError: () => undefined });
  await clock.advance(600);
  await sampler.stop();
  expect(times).toEqual([0, 100, 400, 500, 600, 600]);
});

it('takes no more than its share of the time', async () => {
  const clock = new ManualClock(0);
  const times: number[] = [];
  const read = async (): Promise<void> => {
    times.push(clock.nowMs());
    await clock.waitUntil(clock.nowMs() + 20);
  };
  // 20 ms of reading at a share of 0.05 is one reading in 400 ms: the next point of the grid after that.
  const sampler = sampleEvery({ intervalMs: 100, clock, dutyRatio: 0.05, read, onError: () => undefined });
  await clock.advance(1000);
  const stopped = sampler.stop();
  await clock.advance(40);
  await stopped;
  expect(times).toEqual([0, 500, 1000, 1020]);
});

it('reports a reading that fails and goes on', async () => {
  const clock = new ManualClock(0);
  const errors: unknown[] = [];
  let readings = 0;
  const read = (): void => {
    readings++;
    if (readings === 2) throw new Error('gone');
  };
  const sampler = sampleEvery({ intervalMs: 100, clock, read, onError: (error) => errors.push(error) });
  await clock.advance(250);
  await sampler.stop();
  expect(readings).toBe(4);
  expect(errors).toEqual([new Error('gone')]);
});

it('pauses as long as it is told to, but takes the last sample at once', async () => {
  const clock = new ManualClock(0);
  const times: number[] = [];
  const sampler = sampleEvery({
    intervalMs: 100,
    clock,
    leastPauseMs: () => clock.nowMs() / 2,
    read: () => void times.push(clock.nowMs()),
    onError: () => undefined,
  });
  await clock.advance(1050);
  await sampler.stop();
  // The first point of the grid after 1.5 times the moment before.
  expect(times).toEqual([0, 100, 200, 400, 700, 1050]);
});
