import { describe, expect, it } from 'vitest';
import { type Regimes, regimes, regimesOf } from '../../src/analysis/regimes.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';
import { zeroMs } from '../support/handmade-experiment.ts';
import { regimeExperiment } from '../support/regime-experiment.ts';

function found(experiment: Experiment): Extract<Regimes, { found: true }> {
  const all = regimes(experiment);
  if (!all.found) throw new Error(`expected regimes, got none: ${all.reason}`);
  return all;
}

const seeds = Array.from({ length: 100 }, (_, seed) => seed + 1);

describe('regimes', () => {
  it.each([
    { what: 'a burst', parts: [{ seconds: 60, tasksPerSecond: 40 }], arrival: 'burst' },
    { what: 'a burst in which connections wait', parts: [{ seconds: 90, tasksPerSecond: 100, waiting: 4 }], arrival: 'burst' },
    { what: 'runs that come by chance', parts: [{ seconds: 60, tasksPerSecond: 20, responseSeconds: 0.2 }], arrival: 'open' },
    { what: 'runs that come by chance, with more noise', parts: [{ seconds: 120, tasksPerSecond: 30 }], arrival: 'open', noise: 0.2 },
  ] as const)('are none in at least 95 of 100 steady experiments: $what', (plan) => {
    const some = seeds.filter((seed) => regimes(regimeExperiment({ seed, ...plan })).found);
    expect(some.length).toBeLessThanOrEqual(5);
  });

  it('begin within a window of where the rate was switched, in 20 of 20', () => {
    let withCpu = 0;
    for (const seed of seeds.slice(0, 20)) {
      const { borders, regimes: parts } = found(
        regimeExperiment({
          seed,
          parts: [
            { seconds: 40, tasksPerSecond: 20, postgresCores: 1.7, waiting: 15 },
            { seconds: 25, tasksPerSecond: 90, postgresCores: 0.6, waiting: 1 },
            { seconds: 30, tasksPerSecond: 45, postgresCores: 0.3 },
          ],
        }),
      );
      expect(borders.map(({ atSeconds }) => atSeconds).length).toBe(2);
      expect(Math.abs((borders[0]?.atSeconds ?? 0) - 40)).toBeLessThanOrEqual(1);
      expect(Math.abs((borders[1]?.atSeconds ?? 0) - 65)).toBeLessThanOrEqual(1);
      const rates = parts.map(({ tasksPerSecond }) => tasksPerSecond);
      for (const [index, rate] of [20, 90, 45].entries()) expect((rates[index] ?? 0) / rate).toBeCloseTo(1, 0);
      const changed = borders[0]?.changes.map(({ kind, subject }) => `${kind} ${subject}`.trim()) ?? [];
      expect(changed.slice(0, 1)).toEqual(['throughput']);
      if (changed.includes('CPU postgres')) withCpu++;
    }
    expect(withCpu).toBeGreaterThanOrEqual(18);
  });

  it('are told apart by response time, and by CPU alone, in runs that come all the same', () => {
    const slower = regimeExperiment({
      seed: 1,
      arrival: 'open',
      parts: [
        { seconds: 40, tasksPerSecond: 30 },
        { seconds: 40, tasksPerSecond: 30, responseSeconds: 0.4 },
      ],
    });
    expect(found(slower).borders.map(({ atSeconds, changes }) => [atSeconds, changes[0]?.kind])).toEqual([[40, 'response time']]);
    expect(found(slower).sentence).toMatch(
      /^(29|30)\.\d tasks\/s until 40 s, then much the same: response time from 5\d\.\d ms to 4\d\d ms$/,
    );
    const busier = regimeExperiment({
      seed: 2,
      arrival: 'open',
      parts: [
        { seconds: 40, tasksPerSecond: 30, postgresCores: 0.3 },
        { seconds: 40, tasksPerSecond: 30, postgresCores: 0.9 },
      ],
    });
    expect(found(busier).borders.map(({ changes }) => changes.map(({ kind, subject }) => [kind, subject]))).toEqual([
      [['CPU', 'postgres']],
    ]);
  });

  it('are none of what slowly falls, and say from where to where it fell', () => {
    const fall = Array.from({ length: 30 }, (_, index) => ({ seconds: 4, tasksPerSecond: 400 * 0.93 ** index }));
    expect(regimes(regimeExperiment({ seed: 1, parts: fall, noise: 0.05 })).found).toBe(false);
    const { sentence } = found(regimeExperiment({ seed: 1, parts: [...fall, { seconds: 30, tasksPerSecond: 500 }], noise: 0.05 }));
    expect(sentence).toMatch(/^falling from 3\d\d to (4|5)\d(\.\d)? tasks\/s until 120 s, then (4[89]|50|51)\d$/);
  });

  it('say what happened close to a border, the most telling first, and who limited each', () => {
    const experiment = regimeExperiment({
      seed: 3,
      parts: [
        { seconds: 40, tasksPerSecond: 20, postgresCores: 1.2, waiting: 12 },
        { seconds: 40, tasksPerSecond: 200, postgresCores: 0.3 },
      ],
    });
    const at = (seconds: number): number => zeroMs + 1000 * seconds;
    const event = (kind: Row<'events'>['kind'], subject: string, began: number, ended: number): Row<'events'> => {
      return { kind, subject, beganMs: at(began), endedMs: at(ended), detail: `${kind} of it` };
    };
    const readings = Array.from({ length: 40 }, (_, index) => index * 2).flatMap((second) =>
      [0, 1].map((statementIndex): Row<'statementReadings'> => {
        const isSlow = statementIndex === 0 && second < 40;
        const seconds = 100 * (isSlow ? 0.019 : 0.0002);
        const row = { sinceMs: at(second), atMs: at(second + 2), statementIndex, calls: 100, rows: 100 };
        return { ...row, seconds, blocks: 100 * (isSlow ? 2500 : 4) };
      }),
    );
    const told = replaceTables(experiment, {
      events: [
        event('autoanalyze', 'engine._private_jobs', 39, 39.6),
        event('autovacuum', 'engine._private_jobs', 38.6, 39),
        event('autoanalyze', 'pg_catalog.pg_class', 39.6, 39.61),
        event('checkpoint', '', 20, 60),
        event('autoanalyze', 'engine.other', 10, 11),
      ],
      statements: [
        {
          statementIndex: 0,
          query: 'with j as (select id from "engine"._private_jobs for update skip locked) update "engine"._private_jobs set a = $1',
        },
        { statementIndex: 1, query: 'select $1' },
      ],
      statementReadings: readings,
    });
    const { borders, sentence, regimes: parts } = found(told);
    expect(sentence).toMatch(
      /^\d\d(\.\d)? tasks\/s until 40 s, then \d\d\d: autoanalyze and autovacuum of _private_jobs at 40 s, UPDATE _private_jobs from 19 to 0.2 ms$/,
    );
    const [border] = borders;
    expect(border?.evidence.slice(0, 3).map(({ kind, subject, before, after, detail }) => [kind, subject, before, after, detail])).toEqual([
      ['event', 'autoanalyze of engine._private_jobs', Number.NaN, Number.NaN, 'autoanalyze of it'],
      ['event', 'autovacuum of engine._private_jobs', Number.NaN, Number.NaN, 'autovacuum of it'],
      [
        'statement',
        'UPDATE _private_jobs',
        expect.closeTo(0.019, 6),
        expect.closeTo(0.0002, 6),
        'it looked at 4.0 pages a call, before at 2,500',
      ],
    ]);
    const subjects = border?.evidence.map(({ subject }) => subject);
    expect(subjects).toContain('Lock object (NOTIFY queue)');
    expect(subjects).not.toContain('checkpoint');
    expect(subjects).not.toContain('autoanalyze of engine.other');
    // 12 connections queue for one lock; then nothing of the database is used up.
    expect(parts.map(({ limitedBy }) => limitedBy)).toEqual(['database', 'target']);
    expect(parts[0]?.sentence).toContain("commits that notify go one by one (NOTIFY's lock)");

    const table = regimesOf(told).objects();
    expect(table.map(({ fromSeconds, toSeconds, limitedBy }) => [fromSeconds, toSeconds, limitedBy])).toEqual([
      [1, 40, 'database'],
      [40, 79, 'target'],
    ]);
    expect(table[0]?.postgresCpuRatio).toBeCloseTo(1.2, 0);
    expect(table[0]).toMatchObject({ wait: 'Lock object (NOTIFY queue)', border: '' });
    expect(table[0]?.waitingConnections).toBeCloseTo(12, -1);
    expect(table[1]?.border).toMatch(/^autoanalyze of engine\._private_jobs at 40 s \(autoanalyze of it\); /);
    const summary = summarize(told).regimes;
    expect(summary).toMatchObject({ found: true, reason: null, sentence, windowSeconds: 1 });
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  });

  it('name other programs that take the CPU', () => {
    const { borders, sentence } = found(
      regimeExperiment({
        seed: 4,
        parts: [
          { seconds: 40, tasksPerSecond: 100 },
          { seconds: 40, tasksPerSecond: 40, otherCores: 1.2 },
        ],
      }),
    );
    expect(borders[0]?.evidence[0]).toMatchObject({ kind: 'other programs' });
    expect(sentence).toMatch(/^\d+(\.\d)? tasks\/s until 40 s, then \d\d(\.\d)?: other programs' CPU from 0\.0\d+ to 1\.\d cores$/);
  });

  it('are not looked for in short experiments, in a ramp, and where the times are in doubt', () => {
    expect(regimes(buildExperiment())).toMatchObject({ found: false, reason: expect.stringContaining('too short to tell') as string });
    const ramp = regimeExperiment({
      seed: 1,
      arrival: 'open',
      parts: [
        { seconds: 40, tasksPerSecond: 20 },
        { seconds: 40, tasksPerSecond: 90 },
      ],
    });
    const { manifest } = ramp;
    const config = { ...manifest.config, arrival: { ramp: { from: 20, to: 90 } } } as unknown as typeof manifest.config;
    expect(regimes({ ...ramp, manifest: { ...manifest, config } })).toMatchObject({
      found: false,
      reason: expect.stringContaining('a ramp') as string,
    });
    expect(regimesOf(buildExperiment()).numRows()).toBe(0);
    expect(summarize(buildExperiment()).regimes).toMatchObject({ found: false, sentence: null, regimes: [], borders: [] });
  });
});
