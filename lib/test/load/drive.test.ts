import { describe, expect, it } from 'vitest';
import { type RunRecord, drive } from '../../src/load/drive.ts';
import { burst } from '../../src/load/schedule.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Setup {
  readonly schedule: Iterable<number>;
  readonly concurrency?: number;
  readonly submit?: (runIndex: number) => Promise<string>;
}

function start({ schedule, concurrency = 1000, submit = async (index) => `run-${index}` }: Setup) {
  const clock = new ManualClock(0);
  const records: RunRecord[] = [];
  const stop = new AbortController();
  const done = drive({ schedule, submit, concurrency, clock, signal: stop.signal, onRun: (record) => records.push(record) });
  return { clock, records, stop, done };
}

describe('drive', () => {
  it('submits a burst at once, every run one time', async () => {
    const { records, done } = start({ schedule: burst(100) });
    await done;
    expect(records.map(({ runIndex }) => runIndex)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(records.every((record) => record.dueMs === 0 && record.sentMs === 0 && record.status === 'submitted')).toBe(true);
    expect(records[7]?.runId).toBe('run-7');
  });

  it('catches up after a stall: due times stay where they were, sent times tell the delay', async () => {
    const { clock, records, done } = start({ schedule: [0, 0.1, 0.2, 0.3, 0.4] });
    await clock.advance(100);
    clock.stall(250); // the process did nothing from 100 ms to 350 ms
    await clock.advance(1000);
    await done;
    expect(records.map(({ dueMs }) => dueMs)).toEqual([0, 100, 200, 300, 400]);
    expect(records.map(({ sentMs }) => sentMs)).toEqual([0, 100, 350, 350, 400]);
  });

  it('keeps to its concurrency: a run whose turn is late is sent late, not dropped', async () => {
    const clock = new ManualClock(0);
    const records: RunRecord[] = [];
    let underWay = 0;
    let most = 0;
    const submit = async (index: number): Promise<string> => {
      most = Math.max(most, ++underWay);
      await clock.waitUntil(clock.nowMs() + 10);
      underWay--;
      return `run-${index}`;
    };
    const done = drive({
      schedule: burst(6),
      submit,
      concurrency: 2,
      clock,
      signal: new AbortController().signal,
      onRun: (record) => records.push(record),
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

  it('reports a submission that throws as rejected, and goes on', async () => {
    const { records, done } = start({
      schedule: burst(3),
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

  it('reports what was not sent when the load is ended as dropped: no run is missing', async () => {
    const { clock, records, stop, done } = start({ schedule: [0, 1, 2, 3] });
    await clock.advance(1500);
    stop.abort();
    await done;
    expect(records.map(({ status, sentMs }) => [status, sentMs])).toEqual([
      ['submitted', 0],
      ['submitted', 1000],
      ['dropped', Number.NaN],
      ['dropped', Number.NaN],
    ]);
  });
});
