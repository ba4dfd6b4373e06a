import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type FindPlace, toCellError } from '../../src/notebook/kernel/cell-error.ts';
import { CellQueue } from '../../src/notebook/kernel/cell-queue.ts';
import { OutputBuffer } from '../../src/notebook/kernel/output-buffer.ts';

describe('OutputBuffer', () => {
  test('sends what is written to one stream at once as one message, and keeps the order of both', async () => {
    const sent: string[] = [];
    const send = (name: string, text: string): void => void sent.push(`${name}:${text}`);
    const buffer = new OutputBuffer();
    for (const text of ['a', 'b']) buffer.write(send, 'stdout', text);
    buffer.write(send, 'stderr', 'c');
    buffer.write(send, 'stdout', 'd');
    expect(sent).toEqual(['stdout:ab', 'stderr:c']);
    buffer.flush();
    expect(sent).toEqual(['stdout:ab', 'stderr:c', 'stdout:d']);
    buffer.write(send, 'stdout', 'e');
    await expect.poll(() => sent.at(-1)).toBe('stdout:e');
  });

  test('what was written in one cell goes to that cell, also when another has begun', () => {
    const sent: string[] = [];
    const buffer = new OutputBuffer();
    buffer.write((_, text) => void sent.push(`first:${text}`), 'stdout', 'a');
    buffer.write((_, text) => void sent.push(`second:${text}`), 'stdout', 'b');
    buffer.flush();
    expect(sent).toEqual(['first:a', 'second:b']);
  });
});

const cell = (failed: boolean) => async () => {
  await nextTurn();
  return { failed };
};

describe('CellQueue', () => {
  test('runs one cell at a time, in order, and reports each before the next begins', async () => {
    const queue = new CellQueue();
    const log: string[] = [];
    const run = async (name: string, ms: number): Promise<void> =>
      queue.run(
        async () => {
          log.push(`${name} begins`);
          await sleep(ms);
          return { failed: false };
        },
        () => log.push(`${name} is reported`),
      );
    await Promise.all([run('a', 10), run('b', 0)]);
    expect(log).toEqual(['a begins', 'a is reported', 'b begins', 'b is reported']);
  });

  test('aborts what was asked for before a failure was reported, and nothing after', async () => {
    const queue = new CellQueue();
    const reports: unknown[] = [];
    const run = async (failed: boolean): Promise<void> => queue.run(cell(failed), (result) => reports.push(result));
    const waiting = [run(true), run(false)];
    await Promise.all(waiting);
    await run(false);
    expect(reports).toEqual([{ failed: true }, undefined, { failed: false }]);
  });
});

const inNoCell: FindPlace = () => undefined;

describe('toCellError', () => {
  test('a diagnostic names the line and shows it', () => {
    const error = toCellError([['%s%d:%d - %s', '', 2, 7, 'Cannot find name "x".']], 'let a = 1;\nlet b = x;', inNoCell);
    expect(error).toEqual({
      ename: 'TypeScriptError',
      evalue: 'Cannot find name "x".',
      traceback: ['TypeScriptError in line 2: Cannot find name "x".', '    let b = x;', '          ^'],
    });
  });

  test('an exception keeps its name, message and details, the lines of cells, the frames in own files, and its cause', () => {
    const thrown = new TypeError('bad', { cause: new Error('why') });
    thrown.stack =
      'TypeError: bad\n    at Proxy.f (evalmachine.cell-3:3:7)\n    at evalmachine.cell-3:9:1\n    at f (/x/tslab/node_modules/a.js:1:1)\n    at g (/lab/own.ts:1:1)';
    const findPlace: FindPlace = (line) => (line.includes(':3:7') ? { cell: 3, line: 2, column: 5, code: 'let x = f();' } : undefined);
    const error = toCellError([[Object.assign(thrown, { code: '42P01' })]], '', findPlace);
    expect(error).toEqual({
      ename: 'TypeError',
      evalue: 'bad',
      traceback: [
        'TypeError: bad',
        '    code: 42P01',
        '    at f (cell 3, line 2)',
        '    let x = f();',
        '        ^',
        '    at g (/lab/own.ts:1:1)',
        expect.stringMatching(/^caused by Error: why/),
        ...error.traceback.slice(7),
      ],
    });
  });

  test('an interrupt and a thrown value have names of their own', () => {
    expect(toCellError([[new Error('Interrupted asynchronously')]], '', inNoCell)).toMatchObject({ ename: 'Interrupted' });
    expect(toCellError([[42]], '', inNoCell)).toMatchObject({ ename: 'Thrown', evalue: '42' });
  });
});
