import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../../src/analysis/history.ts';
import { historyCsv, parseHistoryCsv } from '../../src/analysis/history-csv.ts';
import { type HistoryPoint, historyPoints } from '../../src/analysis/history-point.ts';
import { changeSentence, historyTitle } from '../../src/analysis/history-words.ts';
import { plotHistory } from '../../src/plots/plot-history.ts';
import { toRichOutput } from '../../src/report/mime-bundle.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textHistory } from '../../src/report/text-findings.ts';
import { seededNormal } from '../statistics/simulate.ts';
import { buildExperiment } from '../support/build-experiment.ts';

const normal = seededNormal(3);

/** One experiment a day; p99 is a tenth more, with 1 % of noise, from the 12th on, where engine and commit are other ones. */
const points = Array.from({ length: 24 }, (_, day): HistoryPoint => ({
  experiment: `day-${day}`,
  atMs: Date.UTC(2026, 9, 1 + day),
  config: 'standard',
  configHash: 'abc',
  target: 'dbos',
  version: day < 12 ? '5.3.0' : '5.4.0',
  program: '',
  label: day < 12 ? '' : 'nightly',
  commit: (day < 12 ? 'a' : 'b').repeat(40),
  orchlab: '0.1.0',
  host: 'one',
  postgres: '18.4 embedded',
  figures: { 'response.p99': (day < 12 ? 2 : 2.2) * Math.exp(0.01 * normal()), 'response.p50': 1 * Math.exp(0.01 * normal()) },
}));
const figures = ['response.p99', 'response.p50'];

describe('historyOf', () => {
  it('finds where a level changed, which way, and what else did there', () => {
    const [line, ...others] = historyOf(points.toReversed(), { figures });
    expect(others).toEqual([]);
    const [p99, p50] = line!.figures;
    expect(p50?.changes).toEqual([]);
    expect(p99?.changes).toEqual([
      {
        point: 12,
        p: expect.any(Number),
        meanBefore: expect.closeTo(2, 1),
        meanAfter: expect.closeTo(2.2, 1),
        countBefore: 12,
        countAfter: 12,
        outcome: 'worse',
        differences: [
          { what: 'engine version', before: '5.3.0', after: '5.4.0' },
          { what: 'commit', before: 'a'.repeat(40), after: 'b'.repeat(40) },
        ],
      },
    ]);
    expect(p99!.changes[0]!.p).toBeLessThan(1e-6);
    expect(p99!.now).toBeCloseTo(2.2, 1);
    expect(changeSentence(line!, p99!, p99!.changes[0]!)).toMatch(
      /^response time p99 \+(9\.\d|1\d) %, worse: 2(\.0\d)? s → 2\.\d+ s from day-12 \(label nightly, commit bbbbbbbb\) on, p \de-\d+; there changed: engine version 5\.3\.0 → 5\.4\.0, commit aaaaaaaa → bbbbbbbb\.$/,
    );
    expect(historyTitle([line!])).toMatch(/^standard on dbos: 1 change over 24 experiments, the last in response time p99 \(\+/);
    const outlier = [...points.slice(0, 11), { ...points[11]!, figures: { 'response.p99': 3 } }];
    const [last] = historyOf(outlier, { figures });
    expect(changeSentence(last!, last!.figures[0]!, last!.figures[0]!.changes[0]!)).toContain(
      'from day-11 (commit aaaaaaaa) on (of 1 experiment only after it: it may be an outlier), p ',
    );
    expect(historyOf(points, { figures, minChange: 0.2 })[0]!.figures[0]!.changes).toEqual([]);
  });

  it('begins a line of its own where config, target, host or Postgres is another one, and never where the engine is', () => {
    const changed = points.map((point, day) => ({
      ...point,
      ...(day === 20 && { configHash: 'other' }),
      ...(day === 21 && { target: 'pg-boss' }),
      ...(day >= 22 && { host: 'two' }),
    }));
    expect(historyOf(changed, { figures }).map(({ points: members }) => members.length)).toEqual([20, 2, 1, 1]);
    // Each by itself, with what is not known in between.
    const gaps = points.map((point, day) => (day === 11 || day === 12 ? { ...point, figures: {} } : point));
    expect(historyOf(gaps, { figures })[0]!.figures[0]!.changes.map(({ point }) => point)).toEqual([13]);
  });

  it('finds the changes that apache-otava finds in the same CSV', () => {
    // otava.json: pip install apache-otava==0.8.0; OTAVA_CONFIG=otava.yaml otava analyze history --since 2000-01-01 --output json
    const read = (name: string): string => readFileSync(new URL(`otava/${name}`, import.meta.url), 'utf8');
    const columns = {
      throughput: 'throughput.tasksPerSecond',
      p50: 'response.p50',
      cpu: 'scheduler.cpuPerTask',
      rss: 'scheduler.rssBytesPeak',
    };
    interface Found {
      readonly attributes: { readonly experiment: string };
      readonly changes: readonly {
        readonly metric: keyof typeof columns;
        readonly index: number;
        readonly mean_before: string;
        readonly mean_after: string;
      }[];
    }
    const { history } = JSON.parse(read('otava.json')) as { history: readonly Found[] };
    const expected = history.flatMap(({ attributes, changes }) =>
      changes.map((change) => ({
        name: columns[change.metric],
        point: change.index,
        experiment: attributes.experiment,
        before: expect.closeTo(Number(change.mean_before), 5),
        after: expect.closeTo(Number(change.mean_after), 5),
      })),
    );
    const [line] = historyOf(parseHistoryCsv(read('history.csv')), { figures: Object.values(columns), maxP: 0.001 });
    const found = line!.figures.flatMap(({ name, changes }) =>
      changes.map(({ point, meanBefore, meanAfter }) => ({
        name,
        point,
        experiment: line!.points[point]!.experiment,
        before: meanBefore,
        after: meanAfter,
      })),
    );
    expect(expected).toHaveLength(5);
    expect(found.toSorted((a, b) => a.point - b.point)).toEqual(expected);
  });

  it('is of the experiments that ended as done, as saved; each counts once, and an unknown figure is refused', () => {
    const experiments = [buildExperiment({ seed: 1 }), buildExperiment({ seed: 2, status: 'failed' })];
    const [line] = historyOf([...experiments, ...historyPoints(experiments)]);
    expect(line!.points.map(({ experiment }) => experiment)).toEqual([experiments[0]!.name]);
    expect(line!.setup).toMatchObject({ config: 'standard', target: 'dbos', host: 'linux x64, Test CPU, 2 cores' });
    expect(line!.figures[0]!.values[0]).toBeGreaterThan(100);
    expect(historyTitle([line!])).toBe('standard on dbos: 1 experiment so far, too few to find changes in');
    expect(() => historyOf(experiments, { figures: ['p99'] })).toThrow(/figure: expected one of/);
  });
});

describe('a history as CSV', () => {
  it('is read back as it was, whatever its words hold', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !/^\s|\s$|\r/.test(text));
    const point = fc.record({
      experiment: word.filter((text) => text !== ''),
      atMs: fc.integer({ min: 1e12, max: 2e12 }),
      config: word,
      configHash: word,
      target: word,
      version: word,
      program: word,
      commit: word,
      label: word,
      orchlab: word,
      host: word,
      postgres: word,
      figures: fc.record({
        'response.p99': fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        'api.cpuPerTask': fc.constant(1e-9),
      }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 5 }), (all) => {
        expect(parseHistoryCsv(historyCsv(all))).toEqual(all);
      }),
    );
  });

  it('has the figures asked for, empty where one is not known', () => {
    expect(historyCsv([{ ...points[0]!, figures: {} }], ['response.p99'])).toBe(
      `time,experiment,config,configHash,target,version,program,commit,label,orchlab,host,postgres,response.p99\n2026-10-01T00:00:00.000Z,day-0,standard,abc,dbos,5.3.0,,${'a'.repeat(40)},,0.1.0,one,18.4 embedded,\n`,
    );
  });

  it('is read from other programs too: seconds since 1970, other columns, a mark of the byte order', () => {
    const [first, second] = parseHistoryCsv('\uFEFFtime,response.p99,branch\n1790000000,2.5,main\n2026-11-23T10:00:00Z,,main\n', 'old.csv');
    expect(first).toMatchObject({ experiment: 'row 2 of old.csv', atMs: 1790000000000, figures: { 'response.p99': 2.5 }, commit: '' });
    expect(second).toMatchObject({ atMs: Date.UTC(2026, 10, 23, 10), figures: {} });
  });

  it.each([
    ['no time', 'at,response.p99\n1,2\n', 'old.csv: expected a column time, got at, response.p99'],
    ['no figure', 'time,p99\n1,2\n', 'old.csv: expected a column that is called as a figure, for instance response.p99, got time, p99'],
    [
      'a time that is none',
      'time,response.p99\nsoon,2\n',
      'old.csv: row 2, time: expected a time (ISO 8601, or seconds or milliseconds since 1970), got "soon"',
    ],
    [
      'a number that is none',
      'time,response.p99\n1790000000,2\n1790000001,2s\n',
      'old.csv: row 3, response.p99: expected a number or nothing, got "2s"',
    ],
    ['nothing', '', 'old.csv: expected a column time, got no rows'],
  ])('refuses one with %s', (_, text, message) => {
    expect(() => parseHistoryCsv(text, 'old.csv')).toThrow(message);
  });
});

describe('plotHistory and textHistory', () => {
  it('show each figure with its changes, and the commits on the axis', () => {
    const lines = historyOf([...points, { ...points[0]!, host: 'two', atMs: Date.UTC(2026, 11, 1) }], { figures });
    const svg = plotToSvg(plotHistory(lines));
    for (const text of ['aaaaaaaa', 'bbbbbbbb', 'response time p99 (s), less is better', 'line 2: 1 experiment'])
      expect(svg).toContain(text);
    expect(svg.match(/\+(9\.\d|1\d) %<\/text>/g)).toHaveLength(1);
    const text = textHistory(lines);
    expect(text).toContain('24 experiments from 2026-10-01 to 2026-10-24: config standard (abc), dbos, Postgres 18.4 embedded, one.');
    expect(text).toMatch(/^ {2}response time p99 \(less is better\) +24 +2\.\d+ s +1$/m);
    const { data } = toRichOutput(lines)!;
    expect(data['text/plain']).toBe(text);
    expect(data['text/html']).toContain('orchlab-history');
    expect(() => plotHistory([])).toThrow(/expected a history of at least one experiment/);
  });
});
