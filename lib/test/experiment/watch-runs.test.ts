import { expect, it } from 'vitest';
import { watchEndedRuns } from '../../src/experiment/watch-runs.ts';
import { EndedRuns } from '../../src/load/ended-runs.ts';
import { withLimit } from '../../src/timing/with-limit.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** An engine that answers what `count` says. */
function watch(count: (nowMs: number) => Promise<number>) {
  const clock = new ManualClock(0);
  const ended = new EndedRuns();
  const countTasks = async (): Promise<never> => Promise.reject(new Error('not asked where the runs can be counted'));
  const target = { countRunsInFlight: async () => count(clock.nowMs()), countTasks };
  return { clock, ended, watcher: watchEndedRuns({ target, tasksPerRun: 1, clock, ended, accepted: () => 5 }) };
}

it('tells what has ended, and after the stop looks no more', async () => {
  const looks: number[] = [];
  const { clock, ended, watcher } = watch(async (nowMs) => {
    looks.push(nowMs);
    return 2;
  });
  await clock.advance(12);
  expect(ended.count).toBe(3);
  await watcher.stop();
  expect(looks).toEqual([0, 5, 10]);
  expect(watcher.cost()).toMatchObject({ reads: 3, failures: 0 });
});

it('stops though the engine does not answer, and that is no failure', async () => {
  let looks = 0;
  const { clock, watcher } = watch(async () => {
    looks++;
    return new Promise<number>(() => undefined);
  });
  await clock.advance(50);
  await withLimit(watcher.stop(), 5, 'stopping');
  expect(looks).toBe(1);
  expect(watcher.cost()).toMatchObject({ reads: 0, failures: 0 });
});

it('counts looks that fail, and goes on', async () => {
  const { clock, ended, watcher } = watch(async (nowMs) => {
    if (nowMs < 7) throw new Error('gone');
    return 1;
  });
  await clock.advance(12);
  await watcher.stop();
  expect(ended.count).toBe(4);
  expect(watcher.cost()).toMatchObject({ reads: 1, failures: 2, firstFailure: 'gone' });
});
