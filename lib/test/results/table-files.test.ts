import { Float64, Int32, Table, Utf8, tableToIPC, vectorFromArray } from 'apache-arrow';
import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { categoryColumn } from '../../src/analysis/columns.ts';
import { taskStatuses } from '../../src/analysis/frame.ts';
import { readTable } from '../../src/results/table-reader.ts';
import { createTableWriter } from '../../src/results/table-writer.ts';
import { type Row, tableSchemas } from '../../src/results/tables.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'orchlab-tables-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function run(runIndex: number): Row<'runs'> {
  return {
    runIndex,
    runId: `läuft-${runIndex}`,
    dueMs: runIndex + 0.25,
    sentMs: Number.NaN,
    acknowledgedMs: 1795447364322.4883,
    status: 'submitted',
    error: '',
    workflow: 'standard',
    warmUp: false,
  };
}

describe('the files of an experiment', () => {
  it('give back what was appended, over many batches', async () => {
    const writer = createTableWriter(directory, 'runs', undefined, { workflow: ['standard'] });
    for (let index = 0; index < 10_000; index++) writer.append(run(index));
    await writer.close();
    const { table } = readTable(directory, 'runs');
    expect(table.numRows()).toBe(10_000);
    expect(table.object(9_999)).toEqual(run(9_999));
    expect(table.object(0)).toEqual(run(0));
  });

  it('are whole Arrow files, schema first', async () => {
    const writer = createTableWriter(directory, 'runs', undefined, { workflow: ['standard'] });
    writer.append(run(0));
    await writer.close();
    const bytes = readFileSync(join(directory, 'runs.arrow'));
    expect(bytes.subarray(0, 6).toString()).toBe('ARROW1');
    expect(bytes.subarray(-6).toString()).toBe('ARROW1');
  });

  it('can be opened when the writer was killed: what was flushed is there', async () => {
    const writer = createTableWriter(directory, 'runs', undefined, { workflow: ['standard'] });
    for (let index = 0; index < 5; index++) {
      writer.append(run(index));
      writer.flush();
    }
    await writer.close();
    const path = join(directory, 'runs.arrow');
    const whole = readFileSync(path);
    const counts = new Set<number>();
    // Whatever the length at which it was cut off, the whole batches before that are there, and nothing else.
    for (let length = whole.length - 1; length >= 0; length -= 7) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      const { table } = readTable(directory, 'runs');
      counts.add(table.numRows());
      for (let index = 0; index < table.numRows(); index++) expect(table.get('runIndex', index)).toBe(index);
    }
    expect([...counts].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('are read a column at a time, when it is looked at, and from no other file than was opened', async () => {
    const write = async (first: number): Promise<void> => {
      const writer = createTableWriter(directory, 'runs', undefined, { workflow: ['standard'] });
      for (let index = 0; index < 10; index++) writer.append(run(first + index));
      await writer.close();
    };
    await write(0);
    const { table } = readTable(directory, 'runs');
    const path = join(directory, 'runs.arrow');
    expect(table.get('runIndex', 9)).toBe(9);
    renameSync(path, `${path}.moved`);
    expect(() => table.get('dueMs', 0)).toThrow(`${path}: expected the file that was opened, to read its column dueMs, got none`);
    await write(100);
    expect(() => table.get('dueMs', 0)).toThrow('got another one: it was removed or replaced meanwhile; open the experiment again');
    expect(table.get('runIndex', 8)).toBe(8);
    renameSync(`${path}.moved`, path);
    expect(table.get('dueMs', 9)).toBe(9.25);
  });

  it('have their columns also when they are empty or missing', async () => {
    await createTableWriter(directory, 'counts').close();
    expect(readTable(directory, 'counts').table.columnNames()).toEqual(Object.keys(tableSchemas.counts));
    expect(readTable(directory, 'counts').table.numRows()).toBe(0);
    expect(readTable(join(directory, 'nowhere'), 'counts').table.columnNames()).toEqual(Object.keys(tableSchemas.counts));
  });
});

describe('a file of before', () => {
  it('with statuses as text and the id of the run in each task reads as one of now', () => {
    const columns = { runIndex: Int32Array.of(0, 0, 1), startedMs: Float64Array.of(1.5, Number.NaN, 3) };
    const file = new Table({
      runIndex: vectorFromArray([...columns.runIndex], new Int32()),
      runId: vectorFromArray(['läuft-0', 'läuft-0', ''], new Utf8()),
      status: vectorFromArray(['finished', 'lost', 'failed'], new Utf8()),
      startedMs: vectorFromArray([...columns.startedMs], new Float64()),
    });
    // As a stream between the marks of a file: in one of its own the library leaves the schema to the footer.
    writeFileSync(
      join(directory, 'tasks.arrow'),
      Buffer.concat([Buffer.from('ARROW1\0\0'), tableToIPC(file, 'stream'), Buffer.from('ARROW1')]),
    );
    const { table, damage } = readTable(directory, 'tasks');
    expect(damage).toBeUndefined();
    expect(table.objects()).toEqual([
      { runIndex: 0, runId: 'läuft-0', status: 'finished', startedMs: 1.5 },
      { runIndex: 0, runId: 'läuft-0', status: 'lost', startedMs: Number.NaN },
      { runIndex: 1, runId: '', status: 'failed', startedMs: 3 },
    ]);
    expect([...categoryColumn(table, 'status', taskStatuses)]).toEqual([0, 3, 1]);
  });
});

it('a status that there is none of is refused, with those there are', () => {
  const writer = createTableWriter(directory, 'runs', undefined, { workflow: ['standard'] });
  writer.append({ ...run(0), status: 'sent' as 'submitted' });
  expect(() => writer.flush()).toThrow('column status: expected one of submitted, rejected, dropped, got "sent"');
});
