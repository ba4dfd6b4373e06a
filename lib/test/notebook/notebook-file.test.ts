import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readNotebook, writeNotebook } from '../../src/notebook/notebook-file.ts';
import { codeCell, notebook } from './notebook-fixture.ts';

test('a plot is one line of the file, everything else is as Jupyter writes it, and reading gives back what was written', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'orchlab-notebook-'));
  try {
    const spec = { mark: 'bar', data: { values: [{ x: '$& "1"' }, { x: 2 }] } };
    const data = { 'application/vnd.vegalite.v5+json': spec, 'text/plain': '[plot]' };
    const content = notebook([{ ...codeCell('show(plot)'), outputs: [{ output_type: 'display_data', metadata: {}, data }] }]);
    const file = join(directory, 'a.ipynb');
    await writeNotebook(file, content);
    const lines = (await readFile(file, 'utf8')).split('\n');
    expect(lines).toContain(`      "application/vnd.vegalite.v5+json": ${JSON.stringify(spec)},`);
    expect(lines).toContain('   "cell_type": "code",');
    expect(await readNotebook(file)).toEqual(content);
  } finally {
    await rm(directory, { recursive: true });
  }
});
