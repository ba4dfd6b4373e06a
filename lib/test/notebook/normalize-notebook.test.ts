import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { normalizeNotebook } from '../../src/notebook/normalize-notebook.ts';
import type { Output } from '../../src/notebook/notebook-file.ts';
import { codeCell, notebook, workspace } from './notebook-fixture.ts';

const { root } = workspace;

test('outputs name no path of the machine, sources stay', () => {
  const source = `open('${root}/x')`;
  const outputs: Output[] = [
    { output_type: 'stream', name: 'stdout', text: [`${root}/perf-results/a\n`, `${join(homedir(), 'other')} ${root}\n`] },
    { output_type: 'error', ename: 'Error', evalue: `file://${root}/a.ts:3:1`, traceback: [`at ${root}-not/x and /opt${root}/y`] },
    {
      output_type: 'display_data',
      data: { 'text/html': `<a href="${root}/b">`, 'image/png': 'abc' },
      metadata: { orchlab: { experiment: 'e' } },
    },
  ];
  const content = notebook([{ ...codeCell(source), outputs, metadata: { tags: ['a'], execution: { started: 'now' } } }]);
  const [cell] = normalizeNotebook(content, root).cells;
  expect(cell?.source).toEqual([source]);
  expect(cell?.metadata).toEqual({ tags: ['a'] });
  expect(cell?.outputs).toEqual([
    { output_type: 'stream', name: 'stdout', text: ['./perf-results/a\n', '~/other .\n'] },
    { output_type: 'error', ename: 'Error', evalue: './a.ts:3:1', traceback: [`at ${root}-not/x and /opt${root}/y`] },
    {
      output_type: 'display_data',
      data: { 'text/html': '<a href="./b">', 'image/png': 'abc' },
      metadata: { orchlab: { experiment: 'e' } },
    },
  ]);
});

test('metadata keeps what the author wrote, and names the orchlab kernel', () => {
  const content = notebook([]);
  content.metadata = { kernelspec: { name: 'tslab' }, language_info: { name: 'typescript' }, widgets: {}, title: 'Mine' };
  expect(normalizeNotebook(content, root).metadata).toEqual({
    kernelspec: { display_name: 'TypeScript (orchlab)', language: 'typescript', name: 'orchlab' },
    language_info: { name: 'typescript' },
    title: 'Mine',
  });
});
