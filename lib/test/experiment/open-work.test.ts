import { describe, expect, it } from 'vitest';
import { Completion } from '../../src/experiment/completion.ts';
import { Ending } from '../../src/experiment/ending.ts';
import { OpenWork } from '../../src/experiment/open-work.ts';
import { RunIndex } from '../../src/experiment/run-index.ts';
import { EndedRuns } from '../../src/load/drive.ts';
import type { Row } from '../../src/results/tables.ts';
import type { OpenWork as Open } from '../../src/targets/target.ts';
import { withLimit } from '../../src/timing/with-limit.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** An engine that has accepted 5 runs and of which as many are open as `count` says. */
function open(count: (nowMs: number) => Promise<number>, isWatched = true) {
  const clock = new ManualClock(0);
  const ended = isWatched ? new EndedRuns() : undefined;
  const rows: Row<'counts'>[] = [];
  const counter = {
    async count(acceptedRuns: number): Promise<Open> {
      expect(acceptedRuns).toBe(5);
      const runs = await count(clock.nowMs());
      return { runs, tasks: 2 * runs };
    },
  };
  const source = new OpenWork({
    counter,
    clock,
    accepted: () => 5,
    acceptedTasks: () => 10,
    onRow: (row) => rows.push(row),
    ...(ended && { onEnded: (runs) => ended.tell(runs) }),
  });
  source.start(new AbortController().signal);
  return { clock, ended, source, rows };
}

describe('the count of what is open', () => {
  it('tells the driver what has ended, 200 times a second, and after the stop looks no more', async () => {
    const looks: number[] = [];
    const { clock, ended, source, rows } = open(async (nowMs) => {
      looks.push(nowMs);
      return 2;
    });
    await clock.advance(12);
    expect(ended?.count).toBe(3);
    await source.stop();
    expect(looks).toEqual([0, 5, 10]);
    source.endWatch();
    expect(source.watchCost()).toMatchObject({ reads: 3, failures: 0 });
    expect(rows).toEqual([{ atMs: 0, readMs: 0, submittedRuns: 5, submittedTasks: 10, openRuns: 2, openTasks: 4 }]);
  });

  it('makes a row 4 times a second, also in a load that is watched', async () => {
    for (const isWatched of [false, true]) {
      const { clock, source, rows } = open(async () => 1, isWatched);
      await clock.advance(1001);
      expect(rows.map(({ atMs }) => atMs)).toEqual([0, 250, 500, 750, 1000]);
      await source.stop();
    }
  });

  it('looks more rarely when the load is over', async () => {
    let looks = 0;
    const { clock, source } = open(async () => {
      looks++;
      return 1;
    });
    await clock.advance(100);
    expect(looks).toBe(21);
    source.endWatch();
    await clock.advance(1000);
    expect(looks).toBeLessThanOrEqual(26);
    expect(looks).toBeGreaterThanOrEqual(24);
    await source.stop();
  });

  it('stops though the engine does not answer, and that is no failure', async () => {
    let looks = 0;
    const { clock, source } = open(async () => {
      looks++;
      return new Promise<number>(() => undefined);
    });
    await clock.advance(50);
    expect(await withLimit(source.stop(), 5, 'stopping')).toEqual([]);
    expect(looks).toBe(1);
    expect(source.watchCost()).toMatchObject({ reads: 0, failures: 0 });
  });

  it('counts looks that fail, says so, and goes on', async () => {
    const { clock, ended, source } = open(async (nowMs) => {
      if (nowMs < 7) throw new Error('gone');
      return 1;
    });
    await clock.advance(12);
    expect(await source.stop()).toEqual(['2 readings of counts failed, the first with: gone']);
    expect(ended?.count).toBe(4);
    expect(source.watchCost()).toMatchObject({ reads: 1, failures: 2, firstFailure: 'gone' });
  });
});

describe('completion', () => {
  const none = { atMs: 0, readMs: 1, submittedTasks: 6, openRuns: 0, openTasks: 0 };

  function complete(countEnded?: () => Promise<number>) {
    const ending = new Ending();
    const runs = new RunIndex(3);
    for (const runIndex of [0, 1]) runs.add({ runIndex, runId: `run ${runIndex}`, dueMs: 0, sentMs: 0, warmUp: false, workflow: 'w' });
    const clock = new ManualClock(0);
    return { ending, clock, completion: new Completion({ target: countEnded ? { countEnded } : {}, runs, ending, clock }) };
  }

  it('comes when the load is over and a count that began after the last submission finds nothing open', () => {
    const { ending, completion } = complete();
    completion.take('counts', { ...none, submittedRuns: 2 });
    expect(ending.outcome).toBeUndefined();
    completion.loadIsOver();
    completion.take('counts', { ...none, submittedRuns: 1 });
    completion.take('counts', { ...none, submittedRuns: 2, openTasks: 1 });
    completion.take('counts', { ...none, submittedRuns: 2, openRuns: 1 });
    expect(ending.outcome).toBeUndefined();
    completion.take('counts', { ...none, submittedRuns: 2 });
    expect(ending.outcome?.status).toBe('done');
  });

  it('waits for an engine that may not show at once what it was given, and asks it rarely', async () => {
    const ended = [5, 6];
    let asked = 0;
    const { ending, clock, completion } = complete(async () => {
      asked++;
      await clock.waitUntil(clock.nowMs() + 10);
      return ended.shift() ?? 0;
    });
    completion.loadIsOver();
    completion.take('counts', { ...none, submittedRuns: 2 });
    completion.take('counts', { ...none, submittedRuns: 2 });
    await clock.advance(20);
    completion.take('counts', { ...none, submittedRuns: 2 });
    expect([asked, ending.outcome]).toEqual([1, undefined]);
    await clock.advance(180);
    completion.take('counts', { ...none, submittedRuns: 2 });
    await clock.advance(20);
    expect([asked, ending.outcome?.status]).toEqual([2, 'done']);
  });
});
