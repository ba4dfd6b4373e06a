import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { writeNotebook } from '../../src/notebook/notebook-file.ts';
import { openLab } from '../../src/notebook/open-lab.ts';
import { runNotebook } from '../../src/notebook/run-notebook.ts';
import { notebook, workspace } from './notebook-fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-start-failure-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** An environment whose Python has been removed since it was looked for. */
const environment = { ready: true, root: directory, python: join(directory, 'no-python'), workspace } as const;

// A rejection that nobody awaits in time ends the test run.
it('a notebook says why Python could not be started', async () => {
  const file = join(directory, 'test.ipynb');
  await writeNotebook(file, notebook(['1']));
  await expect(runNotebook(file, { environment })).rejects.toThrow(/spawn .*no-python ENOENT/);
});

it('JupyterLab says so, too, without waiting for it to answer', async () => {
  await expect(openLab({ environment, port: 1 })).rejects.toThrow(
    /^JupyterLab could not be started on port 1: it ended\nspawn .*no-python ENOENT$/,
  );
});

it('a kernel whose connection file is missing ends, and says why', async () => {
  const main = fileURLToPath(new URL('../../src/notebook/kernel/main.ts', import.meta.url));
  const kernel = promisify(execFile)(process.execPath, [main, join(directory, 'kernel-gone.json')], { timeout: 60_000 });
  await expect(kernel).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/kernel-gone\.json: expected the connection file that Jupyter wrote, got no such file/),
  });
});
