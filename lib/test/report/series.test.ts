import { mkdtempSync, rmSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toRichOutput, toText } from '../../src/report/mime-bundle.ts';
import { textSeries } from '../../src/report/series-document.ts';
import { progressPrinter, roughTime, seriesLine } from '../../src/report/terminal-progress.ts';
import type { Progress, SeriesProgress } from '../../src/results/progress.ts';
import type { Series } from '../../src/results/series.ts';
import { figuredSeries } from '../support/figured-series.ts';

const results = mkdtempSync(join(tmpdir(), 'orchlab-series-card-'));
afterAll(() => rmSync(results, { recursive: true }));

let series: Series;
beforeAll(async () => {
  const settings = (target: string): { readonly target: string } => ({ target });
  series = await figuredSeries(
    results,
    'first-sweep',
    [
      { settings: settings('dbos'), round: 1, figures: { 'throughput.tasksPerSecond': 80 } },
      { settings: settings('pg-boss'), round: 1, figures: { 'throughput.tasksPerSecond': 90 } },
    ],
    { status: 'interrupted', reason: 'interrupted by the user after 2 of its 4 experiments', total: 4 },
  );
});

it('a series is shown as a card, and knows its place for a notebook that ran it', () => {
  const { data, metadata } = toRichOutput(series) ?? { data: {}, metadata: {} };
  expect(metadata).toEqual({ orchlab: { experiment: 'first-sweep' } });
  const html = String((data as Record<string, unknown>)['text/html']);
  expect(html).toContain('sweep first-sweep: 2 of 4 experiments done (interrupted by the user after 2 of its 4 experiments)');
  expect(html).toMatch(/<td[^>]*>pg-boss<\/td>/);
  expect(html).not.toContain('<figure');
  expect(toText(series)).toBe(textSeries(series));
  expect(toRichOutput(series.experiments[1])?.metadata).toEqual({ orchlab: { experiment: 'first-sweep/experiment-001' } });
});

const place: SeriesProgress = { name: 'first-sweep', label: 'target=dbos', round: 2, number: 3, total: 12, remainingSeconds: 200 };

it.each([
  [{}, '3 of 12: target=dbos, round 2, about 3 min to go'],
  [{ total: Number.NaN, remainingSeconds: Number.NaN }, '3: target=dbos, round 2'],
  [{ label: 'target=\u001b[31mdbos' }, '3 of 12: target=dbos, round 2, about 3 min to go'],
])('where a series is, is a line: %j', (changes, line) => {
  expect(seriesLine({ ...place, ...changes })).toBe(line);
});

it('says how long roughly', () => {
  expect([0.2, 89.5, 91, 5399, 9000].map(roughTime)).toEqual(['1 s', '90 s', '2 min', '90 min', '2.5 h']);
});

it('prints the line once for each experiment, and what came of each', async () => {
  const stream = new PassThrough();
  const printer = progressPrinter(stream as unknown as NodeJS.WriteStream);
  const progress = { phase: 'starting', step: 'starting Postgres', elapsedSeconds: 1 } as Progress;
  for (const number of [3, 3, 4]) printer.update({ ...progress, series: { ...place, number } });
  printer.note('4 of 12: done');
  printer.end();
  stream.end();
  const lines = (await stream.toArray()).join('').trimEnd().split('\n');
  expect(lines).toEqual([
    '3 of 12: target=dbos, round 2, about 3 min to go',
    'Progress: starting Postgres | 1.0s',
    '4 of 12: target=dbos, round 2, about 3 min to go',
    '4 of 12: done',
  ]);
});
