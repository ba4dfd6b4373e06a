import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { execute, imports, notebook, workspace } from './notebook-fixture.ts';

// orchlab's notebooks must work for those who have only tslab: its kernel, as `tslab install` describes it.
let jupyterPath: string;

beforeAll(async () => {
  jupyterPath = await mkdtemp(join(tmpdir(), 'orchlab-jupyter-'));
  const folder = join(jupyterPath, 'kernels', 'tslab');
  await mkdir(folder, { recursive: true });
  const program = join(workspace.root, 'node_modules', 'tslab', 'bin', 'tslab');
  const argv = [process.execPath, program, 'kernel', '--config-path={connection_file}'];
  await writeFile(join(folder, 'kernel.json'), JSON.stringify({ argv, display_name: 'TypeScript', language: 'typescript' }));
  vi.stubEnv('JUPYTER_PATH', jupyterPath);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(jupyterPath, { recursive: true, force: true });
});

test('outputs are as rich, and failures are found, on stock tslab', async () => {
  const content = notebook([
    imports('show', 'report/show.ts'),
    imports('enableRichLastValues', 'report/last-value.ts'),
    "enableRichLastValues();\nimport * as aq from 'arquero';\nconst table = aq.table({ a: [1, 2] });\ntable",
    "show({ $schema: 'https://vega.github.io/schema/vega-lite/v6.json', data: { values: [{ y: 1 }] }, mark: 'point', encoding: { y: { field: 'y' } } });",
    "throw new Error('on purpose');",
    "console.log('never');",
  ]);
  const { cells, error } = await execute(content, { kernel: 'tslab' });
  const types = cells.slice(2, 4).map((cell) => cell.outputs?.map((output) => Object.keys(output['data'] as object).sort()));
  expect(types).toEqual([
    [['text/html', 'text/plain']],
    [['application/vnd.vegalite.v5+json', 'image/png', 'image/svg+xml', 'text/plain']],
  ]);
  expect(error).toMatchObject({ cell: 5 });
  expect(JSON.stringify(cells[4]?.outputs)).toContain('on purpose');
  expect(cells[5]?.outputs).toEqual([]);
});
