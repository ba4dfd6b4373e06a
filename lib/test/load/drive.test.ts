import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EndedRuns, type DriveOptions, drive } from '../../src/load/drive.ts';
import { burst, constant, type Load } from '../../src/load/schedule.ts';
import type { RunRecord } from '../../src/load/submissions.ts';
import { ManualClock } from '../support/manual-clock.ts';

function open(schedule: Iterable<number>, endSeconds = Infinity): Load {
  const due = [...schedule];
  return { kind: 'open', due, runs: due.length, endSeconds };
}
const closed = (inFlight: number, size: { readonly runs?: number; readonly endSeconds?: number }): Load => ({
  kind: 'closed',
  inFlight,
  runs: Infinity,
  endSeconds: Infinity,
  ...size,
});

function start(load: Load, options: Partial<DriveOptions> = {}) {
  const clock = new ManualClock(0);
  const records: RunRecord[] = [];
  const stop = new AbortController();
  let isDone = false;
  const done = drive({
    load,
    submit: async (index) => `run-${index}`,
    concurrency: 1000,
    clock,
    signal: stop.signal,
    onRun: (record) => records.push(record),
    ...options,
  }).finally(() => (isDone = true));
  return { clock, records, stop, done, isDone: () => isDone };
}

/** An engine whose run i takes `takesMs(i)`, and that tells of every end at once. */
function engine(takesMs: (runIndex: number) => number) {
  const ended = new EndedRuns();
  const state = { inFlight: 0, most: 0, endedRuns: 0, history: [] as (readonly [atMs: number, inFlight: number])[] };
  const connect = (clock: ManualClock) => async (index: number) => {
    state.inFlight++;
    state.most = Math.max(state.most, state.inFlight);
    state.history.push([clock.nowMs(), state.inFlight]);
    void clock.waitUntil(clock.nowMs() + takesMs(index)).then(() => {
      state.inFlight--;
      state.history.push([clock.nowMs(), state.inFlight]);
      ended.tell(++state.endedRuns);
    });
    return `run-${index}`;
  };
  return { ended, state, connect };
}

/** Starts a load on an engine that shares its clock. */
function startOn(machine: ReturnType<typeof engine>, load: Load, options: Partial<DriveOptions> = {}) {
  let submit: DriveOptions['submit'] = async () => '';
  const started = start(load, { ended: machine.ended, submit: async (index, sentMs) => submit(index, sentMs), ...options });
  submit = machine.connect(started.clock);
  return started;
}

const indexes = (records: readonly RunRecord[]): number[] => records.map(({ runIndex }) => runIndex).toSorted((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('an open load', () => {
  it('submits a burst at once, every run one time', async () => {
    const { records, done } = start(open(burst(100)));
    await done;
    expect(records.map(({ runIndex }) => runIndex)).toEqual(upTo(100));
    expect(records.every((record) => record.dueMs === 0 && record.sentMs === 0 && record.status === 'submitted')).toBe(true);
    expect(records[7]?.runId).toBe('run-7');
  });

  it('catches up after a stall: due times stay where they were, sent times tell the delay', async () => {
    const { clock, records, done } = start(open([0, 0.1, 0.2, 0.3, 0.4]));
    await clock.advance(100);
    clock.stall(250); // the process did nothing from 100 ms to 350 ms
    await clock.advance(1000);
    await done;
    expect(records.map(({ dueMs }) => dueMs)).toEqual([0, 100, 200, 300, 400]);
    expect(records.map(({ sentMs }) => sentMs)).toEqual([0, 100, 350, 350, 400]);
  });

  it('catches up after a stall at its end too: what was due is sent, though the load is over', async () => {
    const { clock, records, done } = start(open(constant(10, 10), 1));
    await clock.advance(500);
    clock.stall(3000);
    await clock.advance(10_000);
    await done;
    expect(records.map(({ status, sentMs }) => [status, sentMs])).toEqual([
      ...[0, 100, 200, 300, 400, 500].map((ms) => ['submitted', ms]),
      ...[3500, 3500, 3500, 3500].map((ms) => ['submitted', ms]),
    ]);
  });

  it('does not drift: over an hour at 7 runs/s each is sent when it is due', async () => {
    const { clock, records, done } = start(open(constant(7, 7 * 60)));
    await clock.advance(60_000);
    await done;
    expect(records).toHaveLength(420);
    for (const [index, { dueMs, sentMs }] of records.entries()) {
      expect(dueMs).toBe((index / 7) * 1000);
      expect(sentMs).toBe(dueMs);
    }
  });

  it('marks the runs that are due in the warm-up, and goes on without a seam', async () => {
    const { clock, records, done } = start(open(constant(4, 8)), { warmUpSeconds: 1 });
    await clock.advance(2000);
    await done;
    expect(records.map(({ warmUp }) => warmUp)).toEqual([true, true, true, true, false, false, false, false]);
    expect(records.map(({ sentMs }) => sentMs)).toEqual([0, 250, 500, 750, 1000, 1250, 1500, 1750]);
  });

  it('keeps to its concurrency: a run whose turn is late is sent late, not dropped', async () => {
    let underWay = 0;
    let most = 0;
    const clock = new ManualClock(0);
    const { records, done } = start(open(burst(6)), {
      clock,
      concurrency: 2,
      async submit(index) {
        most = Math.max(most, ++underWay);
        await clock.waitUntil(clock.nowMs() + 10);
        underWay--;
        return `run-${index}`;
      },
    });
    await clock.advance(100);
    await done;
    expect(most).toBe(2);
    expect(records.map(({ sentMs, acknowledgedMs }) => [sentMs, acknowledgedMs])).toEqual([
      [0, 10],
      [0, 10],
      [10, 20],
      [10, 20],
      [20, 30],
      [20, 30],
    ]);
  });

  it('of a given length drops what a slow submit kept from being sent 5 s after its end', async () => {
    const clock = new ManualClock(0);
    const { records, done } = start(open(constant(1, 10), 10), {
      clock,
      concurrency: 1,
      async submit(index) {
        await clock.waitUntil(clock.nowMs() + 4000);
        return `run-${index}`;
      },
    });
    await clock.advance(60_000);
    await done;
    // One each 4 s: sent at 0, 4, 8, 12; the place that is free at 16 s comes too late.
    expect(records.filter(({ status }) => status === 'submitted').map(({ sentMs }) => sentMs)).toEqual([0, 4000, 8000, 12_000]);
    const dropped = records.filter(({ status }) => status === 'dropped');
    expect(dropped.map(({ runIndex, dueMs }) => [runIndex, dueMs])).toEqual([4, 5, 6, 7, 8, 9].map((index) => [index, index * 1000]));
    expect(new Set(dropped.map(({ error }) => error))).toEqual(
      new Set(['not sent within 5 s after the end of the load: 1 submissions were under way (submit_concurrency)']),
    );
  });

  it('reports a submission that throws as rejected, and goes on', async () => {
    const { records, done } = start(open(burst(3)), {
      submit: async (index) => {
        if (index === 1) throw new Error('no room');
        return `run-${index}`;
      },
    });
    await done;
    expect(records.toSorted((a, b) => a.runIndex - b.runIndex).map(({ status, error, runId }) => [status, error, runId])).toEqual([
      ['submitted', '', 'run-0'],
      ['rejected', 'no room', ''],
      ['submitted', '', 'run-2'],
    ]);
  });

  it('tells what was not sent when the experiment ends as one: no run is missing', async () => {
    const { clock, records, stop, done } = start(open([0, 1, 2, 3]));
    await clock.advance(1500);
    stop.abort();
    expect(await done).toEqual({ fromRunIndex: 2, count: 2, due: 0 });
    expect(clock.nowMs()).toBe(1500);
    expect(records.map(({ status, sentMs, error }) => [status, sentMs, error])).toEqual([
      ['submitted', 0, ''],
      ['submitted', 1000, ''],
    ]);
  });

  it('counts of millions that were due without a record each, and gives everything else its turn', async () => {
    const runs = 3_000_000;
    const clock = new ManualClock(0);
    const stop = new AbortController();
    const records: RunRecord[] = [];
    let turns = 0;
    const ticker = setInterval(() => turns++, 1);
    const done = drive({
      load: { kind: 'open', due: burst(runs), runs, endSeconds: Infinity },
      submit: async () => new Promise<string>(() => undefined),
      concurrency: 5,
      clock,
      signal: stop.signal,
      onRun: (record) => records.push(record),
    });
    const settled = { is: false };
    void done.finally(() => (settled.is = true));
    await clock.advance(1);
    stop.abort();
    while (!settled.is) await clock.advance(1000);
    expect(await done).toEqual({ fromRunIndex: 5, count: runs - 5, due: runs - 5 });
    clearInterval(ticker);
    // The five that the engine did not answer.
    expect(records).toHaveLength(5);
    expect(turns).toBeGreaterThan(1);
  });

  it('ends with the error of whoever records a run', async () => {
    const { done } = start(open([0, 0, 1]), {
      onRun: () => {
        throw new Error('no room for records');
      },
    });
    await expect(done).rejects.toThrow('no room for records');
  });

  it('waits no more than 2 s for an engine that does not answer when the experiment ends, and ignores what it says later', async () => {
    const answer = Promise.withResolvers<string>();
    const { clock, records, stop, done, isDone } = start(open([0, 1]), { submit: async () => answer.promise, concurrency: 1 });
    await clock.advance(1500);
    stop.abort();
    await clock.advance(1999);
    expect(isDone()).toBe(false);
    await clock.advance(1);
    await done;
    answer.resolve('late');
    await clock.advance(1000);
    expect(records.map(({ runIndex, status, error, acknowledgedMs }) => [runIndex, status, error, acknowledgedMs])).toEqual([
      [0, 'rejected', 'the engine had not answered when the experiment ended', Number.NaN],
    ]);
  });
});

describe('max_in_flight', () => {
  it('sends late what finds no place, in order, and keeps to the bound', async () => {
    const machine = engine(() => 1000);
    const { clock, records, done } = startOn(machine, open(constant(10, 12)), { maxInFlight: 5 });
    await clock.advance(20_000);
    await done;
    expect(machine.state.most).toBe(5);
    // Five at once, each a second long: the next five as they end, and so on.
    expect(records.map(({ sentMs }) => sentMs)).toEqual([0, 100, 200, 300, 400, 1000, 1100, 1200, 1300, 1400, 2000, 2100]);
    expect(records.map(({ dueMs }) => dueMs)).toEqual(upTo(12).map((index) => index * 100));
    expect(records.every(({ status }) => status === 'submitted')).toBe(true);
  });

  it('drops what waits for a place when a load of a given length is over, with the reason; nothing is missing', async () => {
    const machine = engine(() => 1000);
    const { clock, records, done } = startOn(machine, open(constant(10, 20), 2), { maxInFlight: 5 });
    await clock.advance(1999);
    expect(records.filter(({ status }) => status === 'dropped')).toEqual([]);
    await clock.advance(1);
    await done;
    expect(indexes(records)).toEqual(upTo(20));
    const submitted = records.filter(({ status }) => status === 'submitted');
    expect(submitted.map(({ sentMs }) => sentMs)).toEqual([0, 100, 200, 300, 400, 1000, 1100, 1200, 1300, 1400]);
    const dropped = records.filter(({ status }) => status === 'dropped');
    expect(dropped).toHaveLength(10);
    expect(dropped[0]).toMatchObject({
      runIndex: 10,
      dueMs: 1000,
      sentMs: Number.NaN,
      error: 'the load ended while 5 runs were in flight (max_in_flight)',
    });
  });

  it('ends at once when the experiment does', async () => {
    const machine = engine(() => 1e9);
    const { clock, records, done, stop } = startOn(machine, open(constant(10, 20)), { maxInFlight: 5 });
    await clock.advance(1000);
    stop.abort();
    // Due at 0, 100, 200 ... 1000 ms: eleven, of which five were sent.
    expect(await done).toEqual({ fromRunIndex: 5, count: 15, due: 6 });
    expect(indexes(records)).toEqual(upTo(5));
  });

  it('a run that the engine rejects holds no place', async () => {
    const { clock, records, done } = start(open(constant(10, 6)), {
      ended: new EndedRuns(),
      maxInFlight: 2,
      submit: async (index) => {
        if (index < 4) throw new Error('no');
        return `run-${index}`;
      },
    });
    await clock.advance(1000);
    await done;
    expect(records.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'submitted', 'submitted']);
    expect(records.at(-1)?.sentMs).toBe(500);
  });
});

describe('a closed load', () => {
  it('keeps exactly so many runs in flight from the first moment to the last turn; each is due when another ended', async () => {
    const takes = (index: number): number => 70 + ((index * 37) % 60);
    const machine = engine(takes);
    const { clock, records, done } = startOn(machine, closed(4, { runs: 50 }));
    await clock.advance(60_000);
    await done;
    expect(indexes(records)).toEqual(upTo(50));
    expect(machine.state.most).toBe(4);
    const byIndex = records.toSorted((a, b) => a.runIndex - b.runIndex);
    const lastDueMs = byIndex.at(-1)?.dueMs ?? 0;
    // At every moment until the last turn four are in flight, but for the instant between an end and the next submission.
    const settled = new Map(machine.state.history.map(([atMs, inFlight]) => [atMs, inFlight]));
    for (const [atMs, inFlight] of settled) if (atMs <= lastDueMs) expect([atMs, inFlight]).toEqual([atMs, 4]);
    const endsMs = byIndex.map(({ sentMs }, index) => sentMs + takes(index)).toSorted((a, b) => a - b);
    expect(byIndex.map(({ dueMs }) => dueMs)).toEqual([0, 0, 0, 0, ...endsMs].slice(0, 50));
    expect(byIndex.every(({ dueMs, sentMs }) => dueMs === sentMs)).toBe(true);
  });

  it('for a length of time: nothing is due at its end or later, and nothing is dropped', async () => {
    const machine = engine(() => 300);
    const { clock, records, done } = startOn(machine, closed(2, { endSeconds: 3 }), { warmUpSeconds: 0.5 });
    await clock.advance(3000);
    await done;
    expect(records.map(({ dueMs }) => dueMs)).toEqual(upTo(10).flatMap((turn) => [turn * 300, turn * 300]));
    expect(records.every(({ status }) => status === 'submitted')).toBe(true);
    expect(records.filter(({ warmUp }) => warmUp).map(({ dueMs }) => dueMs)).toEqual([0, 0, 300, 300]);
  });

  it('with fewer runs than places sends them all and no more', async () => {
    const machine = engine(() => 100);
    const { clock, records, done } = startOn(machine, closed(10, { runs: 3 }));
    await clock.advance(1000);
    await done;
    expect(indexes(records)).toEqual([0, 1, 2]);
  });

  it('pauses after a rejection: an engine that rejects all is asked ten times a second and place', async () => {
    const { clock, records, done } = start(closed(2, { endSeconds: 1 }), {
      ended: new EndedRuns(),
      submit: async () => {
        throw new Error('no');
      },
    });
    await clock.advance(2000);
    await done;
    expect(records).toHaveLength(20);
    expect(records.every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('of a number of runs: those whose turn never came are told as one when the experiment ends', async () => {
    const machine = engine(() => 1000);
    const { clock, records, done, stop } = startOn(machine, closed(3, { runs: 8 }));
    await clock.advance(1500);
    stop.abort();
    expect(await done).toEqual({ fromRunIndex: 6, count: 2, due: 0 });
    expect(records.map(({ runIndex, status, dueMs }) => [runIndex, status, dueMs])).toEqual([
      ...[0, 1, 2].map((index) => [index, 'submitted', 0]),
      ...[3, 4, 5].map((index) => [index, 'submitted', 1000]),
    ]);
  });

  it('needs to be told which runs ended', async () => {
    await expect(start(closed(1, { runs: 1 })).done).rejects.toThrow('expected `ended`');
  });
});

it('every scheduled run is exactly one record or in the rest, whatever the engine does and whenever it all ends', async () => {
  const scenario = fc.record({
    due: fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 40 }),
    isClosed: fc.boolean(),
    bound: fc.integer({ min: 1, max: 6 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
    endMs: fc.option(fc.integer({ min: 100, max: 2500 }), { nil: Infinity }),
    abortMs: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }),
    stallMs: fc.integer({ min: 0, max: 1500 }),
    submitMs: fc.integer({ min: 0, max: 300 }),
    takesMs: fc.integer({ min: 1, max: 900 }),
    rejects: fc.integer({ min: 2, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async (plan) => {
      const machine = engine(() => plan.takesMs);
      const clock = new ManualClock(0);
      const take = machine.connect(clock);
      const due = plan.due.toSorted((a, b) => a - b).map((ms) => ms / 1000);
      const load = plan.isClosed ? closed(plan.bound, { runs: due.length }) : open(due, plan.endMs / 1000);
      const { records, stop, done, isDone } = start(load, {
        clock,
        ended: machine.ended,
        concurrency: plan.concurrency,
        ...(plan.isClosed ? {} : { maxInFlight: plan.bound }),
        async submit(index) {
          await clock.waitUntil(clock.nowMs() + plan.submitMs);
          if (index % plan.rejects === 1) throw new Error('no');
          return take(index);
        },
      });
      await clock.advance(plan.abortMs ?? 1000);
      if (plan.abortMs === undefined) clock.stall(plan.stallMs);
      else stop.abort();
      await clock.advance(100_000);
      await clock.advance(100_000);
      expect(isDone()).toBe(true);
      const unsent = await done;
      expect(indexes(records)).toEqual(upTo(due.length - (unsent?.count ?? 0)));
      expect(unsent === undefined || unsent.fromRunIndex === due.length - unsent.count).toBe(true);
      expect(unsent === undefined || unsent.due <= unsent.count).toBe(true);
      expect(machine.state.most).toBeLessThanOrEqual(plan.bound);
      for (const { sentMs, dueMs, status } of records) if (status === 'submitted') expect(sentMs).toBeGreaterThanOrEqual(dueMs);
    }),
    { numRuns: 60 },
  );
});
