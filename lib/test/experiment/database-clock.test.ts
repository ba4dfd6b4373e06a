import { describe, expect, it } from 'vitest';
import { connect } from '../../src/database/database-client.ts';
import { withDatabase } from '../../src/database/database-url.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { DatabaseClock, readDatabaseClock } from '../../src/experiment/database-clock.ts';
import type { TaskRow } from '../../src/targets/target.ts';
import { timesOfClock } from '../../src/targets/target-profile.ts';
import { type Clock, systemClock } from '../../src/timing/clock.ts';

const postgres = usePrivateServer();

/** A driver whose clock is behind by `ms()`: to it, the database's is ahead. */
function behindBy(ms: () => number): Clock {
  return { nowMs: () => systemClock.nowMs() - ms(), waitUntil: async (epochMs, signal) => systemClock.waitUntil(epochMs, signal) };
}

const task: TaskRow = {
  runId: 'r',
  taskIndex: 0,
  status: 'finished',
  createdMs: 0,
  dispatchedMs: 0,
  startedMs: 0,
  finishedMs: Number.NaN,
  attempts: 1,
};

const databaseTimes = { times: timesOfClock('database') };

describe('the clocks of database and driver', () => {
  it('are the same on one machine, and nothing is corrected or said', async () => {
    const clock = new DatabaseClock(postgres.server.url, systemClock);
    await clock.read('start');
    await clock.read('end');
    const comparison = clock.comparison(databaseTimes);
    expect(Math.abs(comparison?.skewMsStart ?? Number.NaN)).toBeLessThan(1);
    expect(comparison?.uncertaintyMs).toBeLessThan(5);
    expect(comparison?.corrected).toBe(false);
    expect(clock.correction(databaseTimes)).toBeUndefined();
    expect(clock.warnings(databaseTimes)).toEqual([]);
  });

  it('differ by what was planted; times of the database are set right along the drift, the others stay', async () => {
    let skewMs = 250;
    const driver = behindBy(() => skewMs);
    const clock = new DatabaseClock(postgres.server.url, driver);
    await clock.read('start');
    const startMs = driver.nowMs();
    skewMs = 230;
    await clock.read('end');
    const { created: ofDatabase } = timesOfClock('database');
    const { created: ofHost } = timesOfClock('host');
    const target = { times: { created: ofHost, dispatched: ofDatabase, started: ofHost, finished: ofDatabase } };
    const comparison = clock.comparison(target);
    expect(comparison?.corrected).toBe(true);
    expect(Math.abs((comparison?.skewMsStart ?? 0) - 250)).toBeLessThanOrEqual((comparison?.uncertaintyMs ?? 0) + 0.2);
    expect(Math.abs((comparison?.skewMsEnd ?? 0) - 230)).toBeLessThanOrEqual((comparison?.uncertaintyMs ?? 0) + 0.2);

    // Long before the first reading its skew counts, long after the last one that one's.
    const early = clock.correction(target)?.({ ...task, createdMs: startMs, dispatchedMs: startMs - 60_000 });
    expect(early?.createdMs).toBe(startMs);
    expect(early?.dispatchedMs).toBeCloseTo(startMs - 60_000 - (comparison?.skewMsStart ?? 0), 3);
    expect(early?.finishedMs).toBeNaN();
    const late = clock.correction(databaseTimes)?.({ ...task, finishedMs: startMs + 60_000 });
    expect(late?.finishedMs).toBeCloseTo(startMs + 60_000 - (comparison?.skewMsEnd ?? 0), 3);

    const warnings = clock.warnings(target);
    expect(warnings[0]).toMatch(
      /ahead of the driver's by (250|249)\.\d ± \d+\.\d ms at the start, (230|229)\.\d ± .* at the end: its times .* have been set/,
    );
    expect(warnings[1]).toMatch(/clock of this machine was set by 2[23]\d ms/);
    expect(clock.comparison({ times: timesOfClock('host') })?.corrected).toBe(false);
  });

  it('are told as they were at the end, and only then, where the database did not answer at the start', async () => {
    const clock = new DatabaseClock(
      withDatabase(postgres.server.url, 'made_later'),
      behindBy(() => 250),
    );
    await clock.read('start');
    await using client = await connect(postgres.server.url);
    await client.query('CREATE DATABASE made_later');
    await clock.read('end');
    const comparison = clock.comparison(databaseTimes);
    expect(comparison).toMatchObject({ skewMsStart: null, corrected: true });
    expect(Math.abs((comparison?.skewMsEnd ?? 0) - 250)).toBeLessThanOrEqual((comparison?.uncertaintyMs ?? 0) + 0.2);
    const [warning] = clock.warnings(databaseTimes);
    expect(warning).toMatch(/ahead of the driver's by 2(50|49)\.\d ± \d+\.\d ms at the end: its times/);
    const corrected = clock.correction(databaseTimes)?.({ ...task, createdMs: 1_000_000 });
    expect(corrected?.createdMs).toBeCloseTo(1_000_000 - (comparison?.skewMsEnd ?? 0), 3);
  });

  it('takes the quickest of its round trips', async () => {
    const times = [0, 10, 20, 21, 30, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190];
    let asked = 0;
    const clock: Clock = { nowMs: () => times[asked++] ?? Number.NaN, waitUntil: async () => undefined };
    const reading = await readDatabaseClock({ query: async () => [{ ms: 1020 }] as never }, clock);
    expect(reading).toEqual({ atMs: 20.5, skewMs: 999.5, uncertaintyMs: 0.5 });
  });

  it('are not known where the database does not answer', async () => {
    const clock = new DatabaseClock('postgres://postgres@127.0.0.1:1/none', systemClock);
    await clock.read('start');
    expect(clock.comparison(databaseTimes)).toBeUndefined();
    expect(clock.correction(databaseTimes)).toBeUndefined();
    expect(clock.warnings(databaseTimes)).toEqual([]);
  });
});
