import { cpus } from 'node:os';
import { expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { LiveState } from '../../src/experiment/live-state.ts';
import { progressLine } from '../../src/report/terminal-progress.ts';
import type { Progress } from '../../src/results/progress.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** Progress 4 s into a load of which 20 tasks a second have finished. */
function afterFourSeconds(load: Omit<PerfConfigFile, 'tasks_per_workflow' | 'duration'>): Progress {
  const clock = new ManualClock(0);
  const live = new LiveState(clock, () => 2);
  const config = createConfig({ ...load, tasks_per_workflow: 2, duration: 0 });
  live.phase = 'load';
  live.loadStartedMs = 0;
  // All 100 runs were sent: of their tasks some are still open.
  live.take('counts', { atMs: 1000, readMs: 1, submittedRuns: 100, submittedTasks: 200, openRuns: 90, openTasks: 180 });
  clock.stall(4000);
  live.take('counts', { atMs: 4000, readMs: 1, submittedRuns: 100, submittedTasks: 200, openRuns: 60, openTasks: 120 });
  return live.progress({ name: 'x', directory: 'x' }, config);
}

it('tells the time that is left from the rate of completion, but no less than what is left of the load', () => {
  expect(afterFourSeconds({ workflows: 100 }).remainingSeconds).toBe((200 - 80) / 20);
  expect(afterFourSeconds({ arrival: { constant: 1 }, load_seconds: 50 }).remainingSeconds).toBe(46);
});

it("never tells of negative CPU, nor of more than there is, and has the target's further roles", () => {
  const live = new LiveState(new ManualClock(0), () => 2);
  const config = createConfig({ workflows: 1, tasks_per_workflow: 2, duration: 0 });
  const row = (role: string, atMs: number, cpuSeconds: number) => ({
    atMs,
    role,
    instance: 0,
    processCount: 1,
    rssBytes: 1e6,
    pssBytes: Number.NaN,
    wakeUps: Number.NaN,
    cpuSeconds,
  });
  for (const each of [row('scheduler', 0, 6.45), row('workers', 0, 0), row('api', 0, 1), row('api server', 0, 0)])
    live.take('processes', each);
  // The scheduler has died, and another one began.
  for (const each of [row('scheduler', 500, 0.1), row('workers', 500, 1000), row('api', 500, 1.2), row('api server', 500, 0.1)])
    live.take('processes', each);
  const { scheduler, workers, roles } = live.progress({ name: 'x', directory: 'x' }, config);
  expect(scheduler.cpuRatio).toBeCloseTo(0.2, 9);
  expect(workers.cpuRatio).toBe(cpus().length);
  expect(roles).toEqual([
    { role: 'api', count: 1, rssBytes: 1e6, cpuRatio: expect.closeTo(0.4, 9) as number },
    { role: 'api server', count: 1, rssBytes: 1e6, cpuRatio: expect.closeTo(0.2, 9) as number },
  ]);
});

it('does without a total where the number of runs can not be told', () => {
  const progress = afterFourSeconds({ arrival: { closed: 5 }, load_seconds: 10 });
  expect(progress).toMatchObject({ runs: { total: Number.NaN }, tasks: { total: Number.NaN, ended: 80 }, remainingSeconds: 6 });
  expect(progressLine(progress)).toMatch(/^Progress: 80 tasks \| 20 tasks\/s/);
  expect(progressLine(afterFourSeconds({ workflows: 100 }))).toMatch(/^Progress: 80\/200 tasks/);
});
