import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scalingOf } from '../../src/analysis/scaling.ts';
import { combinationsOf, headlineFigure, settingsOf } from '../../src/analysis/sweep-combinations.ts';
import { sweepFinding } from '../../src/analysis/sweep-finding.ts';
import { sweepTable } from '../../src/analysis/sweep-table.ts';
import { plotSweep } from '../../src/plots/plot-sweep.ts';
import { isGeometric } from '../../src/plots/sweep-panel.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSeries } from '../../src/report/series-document.ts';
import { scalingSentences } from '../../src/report/sections/scaling.ts';
import type { Series } from '../../src/results/series.ts';
import { medianInterval } from '../../src/statistics/quantile-interval.ts';
import { type FiguredStep, figuredSeries } from '../support/figured-series.ts';

const results = mkdtempSync(join(tmpdir(), 'orchlab-sweep-'));
afterAll(() => rmSync(results, { recursive: true }));

const places = 'scheduler.max_concurrent_dispatches';

/** One that does `throughput` tasks a second in each of three rounds, 1 % more or less. */
function threeRounds(target: string, size: number, throughput: number, more: Partial<FiguredStep> = {}): readonly FiguredStep[] {
  return [1, 2, 3].map((round) => ({
    settings: { target, [places]: size },
    round,
    figures: { 'throughput.tasksPerSecond': throughput * (1 + (round - 2) / 100), 'response.p99': 10 / throughput },
    ...more,
  }));
}

/** Places with contention of 5 % and coherency of 0.1 %: most throughput at 31 of them. */
const law = (size: number): number => (20 * size) / (1 + 0.05 * (size - 1) + 0.001 * size * (size - 1));
const sizes = [1, 4, 16, 32, 64];

let series: Series;
beforeAll(async () => {
  const steps = sizes.flatMap((size) => [...threeRounds('dbos', size, law(size)), ...threeRounds('pg-boss', size, 2 * size)]);
  series = await figuredSeries(results, 'sweep', [...steps, { settings: { target: 'dbos', [places]: 4 }, round: 4, status: 'failed' }]);
});

describe('a sweep', () => {
  it('has its experiments by the combinations of settings, those that failed apart', () => {
    const combinations = combinationsOf(series);
    expect(combinations).toHaveLength(10);
    expect(combinations.find(({ label }) => label === 'target=dbos max_concurrent_dispatches=4')).toMatchObject({ failed: 1 });
    expect(combinations.flatMap(({ done }) => done)).toHaveLength(30);
    expect([...settingsOf(combinations)]).toEqual([
      ['target', ['dbos', 'pg-boss']],
      [places, sizes],
    ]);
  });

  it('keeps the order in which its values were asked for, whatever was run first', () => {
    const request = {
      vary: [
        [places, [64, 1, 16, 32, 4]],
        ['target', ['pg-boss', 'dbos']],
      ],
    };
    const ordered = combinationsOf({ ...series, record: { ...series.record, request } });
    expect(ordered.slice(0, 4).map(({ settings }) => [settings[places], settings['target']])).toEqual([
      [64, 'pg-boss'],
      [64, 'dbos'],
      [1, 'pg-boss'],
      [1, 'dbos'],
    ]);
  });

  it('is a table of figure and combination, with medians and intervals', () => {
    const rows = sweepTable(series, { figures: ['throughput.tasksPerSecond'] }).objects();
    expect(rows).toHaveLength(10);
    expect(rows.at(0)).toEqual({
      figure: 'throughput (tasks/s)',
      target: 'dbos',
      [places]: 1,
      experiments: 3,
      median: 20,
      low: expect.closeTo(19.8, 10),
      high: expect.closeTo(20.2, 10),
      level: 0.75,
    });
    expect(() => sweepTable(series, { figures: ['throughput'] })).toThrow(RangeError);
  });

  it('says which combination is best, or which can not be told apart', async () => {
    const finding = (of: Series): string => sweepFinding(combinationsOf(of), headlineFigure(combinationsOf(of)));
    // With 16 places 161, with 64 156.
    expect(finding(series)).toBe('Highest throughput with target=dbos max_concurrent_dispatches=32: 181 tasks/s (2 tasks/s at worst)');
    const alike = await figuredSeries(results, 'alike', [
      ...threeRounds('dbos', 8, 100),
      ...threeRounds('pg-boss', 8, 100.5),
      ...threeRounds('pg-boss', 2, 30),
    ]);
    expect(finding(alike)).toBe(
      'Highest throughput with max_concurrent_dispatches=8, target=pg-boss and dbos alike, as far as can be told: 101 tasks/s (30 tasks/s at worst)',
    );
    const same = await figuredSeries(results, 'same', [...threeRounds('dbos', 8, 100), ...threeRounds('pg-boss', 8, 100.5)]);
    expect(finding(same)).toMatch(/^No setting tells in throughput: from 100 tasks\/s to 101 tasks\/s, and all intervals overlap/);
    const once = await figuredSeries(results, 'once', [threeRounds('dbos', 8, 100)[1]!, threeRounds('pg-boss', 8, 200)[1]!]);
    expect(finding(once)).toMatch(/best with target=pg-boss .*, as far as one experiment each can tell \(3 are needed\)$/);
  });

  it('is told by response time where its load is scheduled', async () => {
    const { manifest } = series.experiments[0]!;
    const config = { ...manifest.config, arrival: { constant: 10 } } as const;
    const scheduled = await figuredSeries(results, 'scheduled', threeRounds('dbos', 8, 100, { manifest: { config } }));
    expect(headlineFigure(combinationsOf(scheduled)).name).toBe('response.p99');
    expect(headlineFigure(combinationsOf(series)).name).toBe('throughput.tasksPerSecond');
  });
});

describe('how it scales', () => {
  it('is the Universal Scalability Law for each of the other settings', () => {
    const [dbos, pgBoss] = scalingOf(series);
    expect(dbos).toMatchObject({ setting: places, unit: 'place', label: 'target=dbos', leftOut: 0 });
    expect(dbos?.points).toHaveLength(15);
    expect(dbos?.law?.lambda.value).toBeCloseTo(20, 0);
    expect(dbos?.law?.sigma.value).toBeCloseTo(0.05, 2);
    expect(dbos?.law?.peakSize.low).toBeLessThan(30.8);
    expect(dbos?.law?.peakSize.high).toBeGreaterThan(30.8);
    const [sentence = '', parameters = ''] = scalingSentences(dbos!);
    expect(sentence).toMatch(/^throughput is highest at about 31 places \((29|30) to 3[12]\): 181 tasks\/s; with more of them it falls\.$/);
    expect(parameters).toMatch(/one place does (20|19\.9) \(19\.\d to 20\.\d\) tasks\/s; contention (5|4\.9) % \(/);
    // Twice the places, twice the throughput: there is no end in sight.
    expect(scalingSentences(pgBoss!)[0]).toBe(
      "throughput still rises at 64 places, the most that were tried (128 tasks/s); where it stops can't be told from here.",
    );
  });

  it('is not told from too few sizes, nor from experiments that the engine did not limit', async () => {
    const two = await figuredSeries(results, 'two', [...threeRounds('dbos', 1, 20), ...threeRounds('dbos', 4, 60)]);
    expect(scalingSentences(scalingOf(two)[0]!)).toEqual([
      "how it scales can't be told from 6 experiments of 2 sizes: the Universal Scalability Law takes four of three.",
    ]);
    const slow = await figuredSeries(results, 'slow', [
      ...sizes.slice(0, 3).flatMap((size) => threeRounds('dbos', size, law(size))),
      ...threeRounds('dbos', 64, 90, { limitedBy: 'driver' }),
    ]);
    expect(scalingOf(slow)[0]).toMatchObject({ leftOut: 3 });
    expect(scalingSentences(scalingOf(slow)[0]!).at(-1)).toBe('3 experiments left out: neither the engine nor its host limited them.');
  });

  it('is of no series without a number of places or schedulers', async () => {
    const settings = { 'scheduler.poll_interval_secs': 1 };
    expect(scalingOf(await figuredSeries(results, 'polls', [{ settings, round: 1 }]))).toEqual([]);
  });
});

describe('its plot', () => {
  it('has a logarithmic axis for sizes, a colour for targets, dots, intervals and the law', () => {
    const plot = plotSweep(series) as unknown as {
      layer: {
        mark: { type: string };
        data: { values: { group: string; x: number; value?: number }[] };
        encoding: { x: { scale: { type: string }; axis: { values: number[] } } };
      }[];
    };
    const [curve, , bars, dots, medians] = plot.layer;
    expect(curve?.encoding.x).toMatchObject({ scale: { type: 'log' }, axis: { values: sizes } });
    expect(curve?.data.values).toHaveLength(120);
    const peak = Math.max(...curve!.data.values.filter(({ group }) => group === 'dbos').map(({ value = 0 }) => value));
    expect(peak).toBeCloseTo(law(31), -1);
    expect([bars, dots, medians].map((layer) => layer?.data.values.length)).toEqual([10, 30, 10]);
    expect(plotToSvg(plotSweep(series))).toContain('Highest throughput with target=dbos');
  });

  it('takes another figure, axis and colour, and refuses what there is none of', () => {
    const plot = JSON.stringify(plotSweep(series, { figure: 'response.p99', x: 'target', color: places }));
    expect(plot).toContain('response time p99');
    expect(plot).not.toContain('"type":"log","domain":[1');
    expect(() => plotSweep(series, { x: 'scheduler.processes' })).toThrow(
      /expected one of the settings target, scheduler\.max_concurrent_dispatches/,
    );
    expect(() => plotSweep(series, { figure: 'none' })).toThrow(RangeError);
  });

  it('has a picture for each value of a third setting', async () => {
    const third = [0.1, 2].flatMap((poll) =>
      sizes.flatMap((size) =>
        threeRounds('dbos', size, law(size)).map((step) => ({
          ...step,
          settings: { ...step.settings, 'scheduler.poll_interval_secs': poll, executor: 'inline' },
        })),
      ),
    );
    const plot = plotSweep(await figuredSeries(results, 'third', third), { color: 'target' }) as unknown as {
      concat: { title: { text: string } }[];
    };
    expect(plot.concat.map(({ title }) => title.text)).toEqual(['poll_interval_secs=0.1', 'poll_interval_secs=2']);
  });

  it.each([
    [[5, 10, 20, 40], true],
    [[1, 4], true],
    [[1, 2], false],
    [[10, 20, 30, 40], false],
    [[0, 1, 10], false],
  ])('tells whether %j is geometric: %s', (values, expected) => {
    expect(isGeometric(values)).toBe(expected);
  });
});

it('is text that says what failed', () => {
  const text = textSeries(series);
  expect(text).toMatch(/^sweep sweep: 30 of 31 experiments done, 1 failed\.\n\nHighest throughput with /);
  expect(text).toMatch(/^dbos +4 +3 of 4 +\d\S+ \(\S+ to \S+\)/m);
  expect(text).toContain('Median of the experiments that ended as done, and the interval that holds the true one with 75 % confidence.');
  expect(text).toContain('target=dbos max_concurrent_dispatches=4, round 4: failed');
});

it('has intervals for medians that say how sure they are', () => {
  expect(medianInterval([3])).toMatchObject({ value: 3, low: Number.NaN, high: Number.NaN });
  expect(medianInterval([3, 1, 2])).toEqual({ value: 2, low: 1, high: 3, level: 0.75 });
  expect(medianInterval([5, 1, 2, 3, 4, 6])).toMatchObject({ low: 1, high: 6, level: 0.96875 });
  // Of nine the second and the eighth, with 96.1 %.
  expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9])).toMatchObject({ value: 5, low: 2, high: 8, level: expect.closeTo(0.961, 3) });
});
