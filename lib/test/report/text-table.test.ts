import { table } from 'arquero';
import { describe, expect, it } from 'vitest';
import { latency } from '../../src/analysis/latency.ts';
import { overview } from '../../src/analysis/overview.ts';
import { resources } from '../../src/analysis/resources.ts';
import { throughput } from '../../src/analysis/throughput.ts';
import { columnHeading, formatColumn } from '../../src/report/column-format.ts';
import { textTable } from '../../src/report/text-table.ts';
import { buildExperiment } from '../support/build-experiment.ts';

const experiment = buildExperiment({ failures: 3, lost: 1 });

describe('textTable', () => {
  it.each([
    ['latency', latency(experiment)],
    ['throughput', throughput(experiment, { windowSeconds: 1 })],
    ['resources', resources(experiment)],
    ['overview', overview([experiment, buildExperiment({ config: 'lost', runs: 2, lost: 10, status: 'timed-out' })])],
    ['tasks', experiment.tasks],
  ])('reads as in the file: %s', async (name, content) => {
    await expect(`${textTable(content, { limit: 5 })}\n`).toMatchFileSnapshot(`text-table/${name}.txt`);
  });

  it('aligns numbers right, text left, and tells of rows left out', () => {
    const content = table({ phase: ['wait', 'x', 'y'], avgSeconds: [1.5, 20.25, Number.NaN], rssBytes: [1e6, 25e6, 3e6] });
    expect(textTable(content, { limit: 2 }).split('\n')).toEqual([
      'phase  avg (s)  RSS (MB)',
      'wait      1.50         1',
      'x        20.25        25',
      '2 of 3 rows',
    ]);
  });

  it('heads with the names that one types where they are to be typed, with the unit where it is shown in another', () => {
    const content = table({ startedMs: [Date.UTC(2026, 0)], readMs: [2], avgSeconds: [1.5], rssBytes: [1e6], cpuRatio: [0.5] });
    expect(textTable(content, { headings: 'names' }).split('\n')[0]).toBe(
      'startedMs (UTC)  readMs  avgSeconds  rssBytes (MB)  cpuRatio (%)',
    );
  });

  it('shows the headings of an empty table', () => {
    expect(textTable(table({ phase: [], avgSeconds: [] }))).toBe('phase  avg (s)');
  });
});

describe('columnHeading', () => {
  it.each([
    ['p50Seconds', 'p50 (s)'],
    ['p999Seconds', 'p99.9 (s)'],
    ['latencyP99Seconds', 'latency p99 (s)'],
    ['rssBytesPeak', 'RSS peak (MB)'],
    ['schedulerCpuSeconds', 'scheduler CPU (s)'],
    ['cpuRatioMean', 'CPU mean (%)'],
    ['tasksPerSecond', 'tasks/s'],
    ['readMs', 'read (ms)'],
    ['seconds', 'time (s)'],
    ['submittedRuns', 'submitted runs'],
  ])('%s is %s', (column, heading) => {
    expect(columnHeading(column)).toBe(heading);
  });
});

describe('formatColumn', () => {
  it("converts to the heading's unit", () => {
    expect(formatColumn('rssBytes', [123_456_789, 4_000_000]).cells).toEqual(['123.46', '4.00']);
    expect(formatColumn('cpuRatio', [0.0512, 1.25]).cells).toEqual(['5.1', '125.0']);
    expect(formatColumn('tasks', [12_345, 1]).cells).toEqual(['12,345', '1']);
  });

  it('shows what is not known as a dash', () => {
    expect(formatColumn('p50Seconds', [Number.NaN, null, undefined, 0.5])).toEqual({
      heading: 'p50 (s)',
      unitWords: 'Seconds.',
      cells: ['–', '–', '–', '0.500'],
      isNumeric: true,
    });
  });

  it('shows epoch milliseconds as the time of day', () => {
    expect(formatColumn('createdMs', [Date.UTC(2026, 10, 23, 10, 0, 1, 500), Number.NaN])).toEqual({
      heading: 'created (UTC)',
      shownUnit: 'UTC',
      unitWords: 'Milliseconds since 1970, shown as the time of day in UTC.',
      cells: ['10:00:01.500', '–'],
      isNumeric: true,
    });
  });
});
