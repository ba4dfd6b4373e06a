import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArrowFiles } from '../../src/results/arrow-files.ts';
import { RowStream, type Sink } from '../../src/results/rows.ts';
import { readTable } from '../../src/results/table-reader.ts';
import { type Row, tableNames } from '../../src/results/tables.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'orchlab-rows-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function count(openTasks: number): Row<'counts'> {
  return { atMs: 1000.25 * openTasks, readMs: 0.5, submittedRuns: 7, submittedTasks: 14, openRuns: 3, openTasks };
}

function run(runIndex: number): Row<'runs'> {
  const sentMs = runIndex + 0.5;
  return {
    runIndex,
    runId: `läuft-${runIndex}`,
    dueMs: runIndex,
    sentMs,
    acknowledgedMs: Number.NaN,
    status: 'submitted',
    error: '',
    workflow: 'standard',
    warmUp: runIndex % 2 === 0,
  };
}

describe('the stream of rows', () => {
  it('gives every row to every sink, in order, also to one that came later', async () => {
    const seen: string[] = [];
    const sink = (name: string): Sink => ({ take: (table, row) => void seen.push(`${name} ${table} ${(row as Row<'counts'>).openTasks}`) });
    await using rows = new RowStream([sink('a')], () => undefined);
    rows.emit('counts', count(1));
    rows.add(sink('b'));
    rows.emit('counts', count(2));
    expect(seen).toEqual(['a counts 1', 'a counts 2', 'b counts 2']);
  });

  it('keeps the first error, tells it once, goes on, and throws it at the end', async () => {
    const taken: number[] = [];
    const told: unknown[] = [];
    const failing: Sink = {
      take(_table, row) {
        throw new Error(`no room for ${(row as Row<'counts'>).openTasks}`);
      },
    };
    const rows = new RowStream([failing, { take: (_table, row) => void taken.push((row as Row<'counts'>).openTasks) }], (error) =>
      told.push(error),
    );
    rows.emit('counts', count(1));
    rows.emit('counts', count(2));
    expect(taken).toEqual([1, 2]);
    expect(told).toEqual([new Error('no room for 1')]);
    await expect(rows[Symbol.asyncDispose]()).rejects.toThrow('no room for 1');
  });

  it('is ready when its slowest sink is', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using rows = new RowStream([{ take: () => undefined }, { take: () => undefined, ready: async () => promise }], () => undefined);
    let isReady = false;
    const waiting = rows.ready().then(() => (isReady = true));
    await Promise.resolve();
    expect(isReady).toBe(false);
    resolve();
    await waiting;
    expect(isReady).toBe(true);
  });
});

describe('the files of a thread', () => {
  it('hold every row of every table, whatever came first', async () => {
    const files = new ArrowFiles(directory, (error) => expect.unreachable(error.message), { workflow: ['standard'] });
    for (let index = 0; index < 10_000; index++) {
      files.take('runs', run(index));
      if (index % 1000 === 0) files.take('counts', count(index));
    }
    await files.ready();
    await files.close();
    const { table } = readTable(directory, 'runs');
    expect(table.numRows()).toBe(10_000);
    for (const index of [0, 4095, 4096, 9999]) expect(table.object(index)).toEqual(run(index));
    expect(readTable(directory, 'counts').table.objects()).toEqual(Array.from({ length: 10 }, (_, index) => count(1000 * index)));
    for (const name of tableNames) expect(readTable(directory, name).table.columnNames().length).toBeGreaterThanOrEqual(2);
    expect(readTable(directory, 'tasks').table.numRows()).toBe(0);
  });

  it('are there within seconds, so that a process that is killed leaves what it sampled', async () => {
    const files = new ArrowFiles(directory, (error) => expect.unreachable(error.message), { workflow: ['standard'] });
    files.take('counts', count(5));
    await expect.poll(() => readTable(directory, 'counts').table.numRows(), { timeout: 10_000 }).toBe(1);
    await files.close();
  });

  it('tell at once that they can not be written, and again when they are closed', async () => {
    rmSync(directory, { recursive: true });
    const failure = Promise.withResolvers<Error>();
    const files = new ArrowFiles(directory, failure.resolve);
    files.take('counts', count(1));
    expect((await failure.promise).message).toMatch(/ENOENT/);
    // Who makes rows does not wait for a file that takes none.
    await files.ready();
    await expect(files.close()).rejects.toThrow(/ENOENT/);
  });
});
