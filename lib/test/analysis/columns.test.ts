import { op, table } from 'arquero';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { numberColumn, textColumn } from '../../src/analysis/columns.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { buildExperiment, writeExperiment } from '../support/build-experiment.ts';

describe('columns', () => {
  it('are whole when an Arrow file holds them in several batches', async () => {
    // Batches are of 4,096 rows.
    const built = buildExperiment({ runs: 1000, tasksPerRun: 5, sampleInterval: 1, failures: 4, lost: 2 });
    const directory = await mkdtemp(join(tmpdir(), 'orchlab-columns-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeExperiment(built, directory);
    const opened = await openExperiment(directory);
    expect(numberColumn(opened.tasks, 'createdMs')).toEqual(numberColumn(built.tasks, 'createdMs'));
    expect(numberColumn(opened.tasks, 'finishedMs')).toEqual(numberColumn(built.tasks, 'finishedMs'));
    expect(textColumn(opened.tasks, 'status')).toEqual(textColumn(built.tasks, 'status'));
    expect({ ...summarize(opened), name: '', directory: '' }).toEqual({ ...summarize(built), name: '', directory: '' });
  });

  it("follow the table's filter and order", () => {
    const numbers = table({ a: Float64Array.of(3, 1, 2), b: ['x', 'y', 'z'] });
    const some = numbers.filter((row: { a: number }) => op.abs(row.a) > 1).orderby('a');
    expect([...numberColumn(some, 'a')]).toEqual([2, 3]);
    expect(textColumn(some, 'b')).toEqual(['z', 'x']);
  });

  it('have NaN for what is null', () => {
    expect([...numberColumn(table({ a: [1, null, undefined] }), 'a')]).toEqual([1, Number.NaN, Number.NaN]);
  });

  it('that do not exist are named, with those that do', () => {
    expect(() => numberColumn(table({ a: [1], b: [2] }), 'c')).toThrow('expected a column "c", got a table with a, b');
  });
});
