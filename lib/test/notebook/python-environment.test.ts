import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findWorkspace } from '../../src/config/workspace.ts';
import { ensurePython } from '../../src/notebook/python-environment.ts';
import { testEnvironment, workspace } from './notebook-fixture.ts';

test('an environment that is there is found without starting Python', async () => {
  await testEnvironment();
  vi.stubEnv('PATH', '/nonexistent');
  const environment = await ensurePython({ workspace, progress: (step) => expect.unreachable(step) });
  vi.unstubAllEnvs();
  expect(environment).toMatchObject({ ready: true, root: join(workspace.root, '.venv') });
  const spec = JSON.parse(await readFile(join(workspace.root, '.venv/share/jupyter/kernels/orchlab/kernel.json'), 'utf8')) as {
    argv: string[];
  };
  expect(spec).toMatchObject({ display_name: 'TypeScript (orchlab)', language: 'typescript' });
  expect(spec.argv.map((argument) => existsSync(argument))).toEqual([true, false, true, false]);
});

describe('what is missing is said', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'orchlab-python-'));
    await mkdir(join(root, 'perf-configs'));
    await mkdir(join(root, 'notebooks'));
    await writeFile(join(root, 'notebooks', 'requirements.txt'), 'orchlab-no-such-package==1.0\n');
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true, force: true });
  });

  /** A python3 that answers the version question and does as `script` says for the rest. */
  async function fakePython(script: string, version = '3 12'): Promise<void> {
    const file = join(root, 'python');
    await writeFile(file, `#!/bin/sh\nif [ "$1" = -c ]; then echo ${version}; exit 0; fi\n${script}\n`);
    await chmod(file, 0o755);
    vi.stubEnv('ORCHLAB_PYTHON', file);
  }

  const ensure = () => ensurePython({ workspace: findWorkspace(root) });

  test('no python3', async () => {
    vi.stubEnv('ORCHLAB_PYTHON', join(root, 'nothing'));
    expect(await ensure()).toMatchObject({ ready: false, missing: 'python', message: expect.stringContaining('apt install python3') });
  });

  test('a python3 that is too old', async () => {
    await fakePython('', '3 8');
    expect(await ensure()).toMatchObject({
      missing: 'python-version',
      message: expect.stringContaining('expected Python 3.10 or newer, got 3.8'),
    });
  });

  test('no venv module', async () => {
    await fakePython('echo "The virtual environment was not created successfully because ensurepip is not available." >&2; exit 1');
    expect(await ensure()).toMatchObject({ missing: 'venv', message: expect.stringContaining('apt install python3-venv') });
  });

  test('no package index, whose password is not repeated; the next attempt starts afresh', async () => {
    const pip = 'echo "Retrying: Failed to establish a new connection https://me:secret@index.example/simple" >&2; exit 1';
    await fakePython(
      `mkdir -p "$3/bin"; touch "$3/left-over"; printf '#!/bin/sh\\n${pip.replaceAll('"', String.raw`\"`)}\\n' > "$3/bin/python"; chmod +x "$3/bin/python"`,
    );
    const result = await ensure();
    expect(result).toMatchObject({ missing: 'packages', message: expect.stringContaining('PIP_INDEX_URL') });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(existsSync(join(root, '.venv', 'left-over'))).toBe(true);
    await fakePython('exit 1');
    expect(await ensure()).toMatchObject({ missing: 'venv' });
    expect(existsSync(join(root, '.venv', 'left-over'))).toBe(false);
    expect(existsSync(join(root, '.orchlab', 'python-install.lock'))).toBe(false);
  });

  test('a lock whose holder is gone does not stand in the way', async () => {
    await mkdir(join(root, '.orchlab'));
    await writeFile(join(root, '.orchlab', 'python-install.lock'), '999999999');
    vi.stubEnv('ORCHLAB_PYTHON', join(root, 'nothing'));
    expect(await ensure()).toMatchObject({ missing: 'python' });
  });

  test('JupyterLab is installed when it is asked for, once', async () => {
    await writeFile(join(root, 'notebooks', 'requirements-lab.txt'), 'orchlab-no-such-lab==1.0\n');
    const calls = join(root, 'calls');
    const python = join(root, '.venv', 'bin', 'python');
    await fakePython(`mkdir -p "$3/bin"; printf '#!/bin/sh\\necho "$@" >> ${calls}\\n' > "$3/bin/python"; chmod +x "$3/bin/python"`);
    const installed = async (): Promise<readonly (readonly string[])[]> =>
      (await readFile(calls, 'utf8')).split('\n').map((call) => call.match(/(?<=-r )\S+/g)?.map((path) => basename(path)) ?? []);
    const options = { workspace: findWorkspace(root) };
    expect(await ensurePython(options)).toMatchObject({ ready: true, python });
    expect(await installed()).toEqual([['requirements.txt'], []]);
    for (const jupyterLab of [true, true, false]) expect(await ensurePython({ ...options, jupyterLab })).toMatchObject({ ready: true });
    expect(await installed()).toEqual([['requirements.txt'], ['requirements.txt', 'requirements-lab.txt'], []]);
  });
});
