import { describe, expect, it } from 'vitest';
import { LateTasks } from '../../src/experiment/late-tasks.ts';
import { LiveResponse } from '../../src/experiment/live-response.ts';
import { seededRandom } from '../../src/random/seeded-random.ts';

interface Task {
  readonly dueMs: number;
  readonly endMs: number;
}

/** Tasks due at random that take at random: some as long as many others together, so that they end in another order. */
function tasksOf(seed: number): readonly Task[] {
  const random = seededRandom(seed);
  return Array.from({ length: 60 }, () => {
    const dueMs = Math.floor(random() * 1000);
    return { dueMs, endMs: dueMs + 1 + Math.floor(random() * (random() < 0.2 ? 900 : 150)) };
  }).toSorted((a, b) => a.dueMs - b.dueMs);
}

const endedBy = (tasks: readonly Task[], ms: number): number => tasks.filter(({ endMs }) => endMs <= ms).length;

describe('tasks that are late whatever the order in which they ended', () => {
  it.each([1, 50, 250])('are never more than really were, by counts every %d ms', (intervalMs) => {
    let found = 0;
    let really = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const tasks = tasksOf(seed);
      const late = new LateTasks(100);
      let counted = -1;
      let earlierMs = Number.NEGATIVE_INFINITY;
      for (let ms = 0; ms <= 2100; ms += intervalMs) {
        for (const { dueMs } of tasks) if (dueMs > counted && dueMs <= ms) late.add(dueMs, 1);
        late.end(endedBy(tasks, ms) - endedBy(tasks, earlierMs), earlierMs, ms);
        late.expire(ms);
        const lateSoFar = tasks.filter(({ dueMs, endMs }) => ms > dueMs + 100 && endMs > dueMs + 100).length;
        expect(late.late).toBeLessThanOrEqual(lateSoFar);
        [counted, earlierMs] = [ms, ms];
      }
      found += late.late;
      really += tasks.filter(({ dueMs, endMs }) => endMs > dueMs + 100).length;
    }
    // Less is known by rarer counts, but never nothing at all.
    expect(found / really).toBeGreaterThan(intervalMs === 1 ? 0.2 : intervalMs === 50 ? 0.15 : 0);
    expect(found).toBeLessThan(really);
  });

  it('are as many as ends are too few where it is overloaded', () => {
    const late = new LateTasks(100);
    // 100 tasks, due every 10 ms from 0 to 990, of which one ends every 15 ms.
    for (let ms = 0; ms <= 1500; ms++) {
      if (ms % 10 === 0 && ms < 1000) late.add(ms, 1);
      if (ms % 15 === 0 && ms > 0) late.end(1, ms - 1, ms);
    }
    late.expire(1500);
    // An end in time is one until 1,090 ms, the 72nd at 1,080 ms. In the order in which they were due, 82 would be late.
    expect(late.late).toBe(28);
  });
});

describe('a percentile of the response time that is known while it runs', () => {
  const runs = 300;
  function watch(isClosed: boolean, p: number, openTasks: (atMs: number) => number): LiveResponse {
    const response = new LiveResponse({ p, boundSeconds: 0.5, tasksOf: () => 1, isClosed });
    for (let runIndex = 0; runIndex < runs; runIndex++) {
      const [dueMs, sentMs] = [runIndex * 10, runIndex * 10 + (isClosed ? 900 : 0)];
      const row = {
        runIndex,
        runId: '',
        dueMs,
        sentMs,
        acknowledgedMs: sentMs,
        error: '',
        workflow: 'late',
        status: 'submitted',
        warmUp: false,
      } as const;
      response.runEnded(row);
    }
    for (let atMs = 0; atMs <= 5000; atMs += 250) {
      const submittedRuns = Math.min(runs, Math.floor((isClosed ? atMs - 900 : atMs) / 10) + 1);
      const open = Math.max(0, Math.min(submittedRuns, openTasks(atMs)));
      response.countRead({
        atMs,
        readMs: 1,
        submittedRuns: Math.max(0, submittedRuns),
        submittedTasks: Math.max(0, submittedRuns),
        openRuns: open,
        openTasks: open,
      });
    }
    return response;
  }

  it('is not above its bound where all end in time, and is at least so much where they queue', () => {
    expect(watch(false, 0.99, (atMs) => (atMs < 3000 ? 5 : 0)).atLeastSeconds).toBeNaN();
    // None ends: at 4.75 s, the last count that is understood, 99 of 100 have been open for 4.75 s or less, and 1 for as much.
    expect(watch(false, 0.99, () => runs).atLeastSeconds).toBe(3.5);
    expect(watch(false, 0.5, () => runs).atLeastSeconds).toBe(2.5);
  });

  it('is of no more tasks than carry it', () => {
    expect(watch(false, 0.999, () => runs).atLeastSeconds).toBeNaN();
    expect(watch(false, 1, () => runs).atLeastSeconds).toBe(3.5);
  });

  it('begins in a closed loop when a run is sent', () => {
    expect(watch(true, 0.5, () => runs).atLeastSeconds).toBe(2);
  });
});
