import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findWorkspace } from '../../src/config/workspace.ts';
import { makeWorkingCopies } from '../../src/notebook/working-copies.ts';
import { startOrchlab } from '../support/orchlab-command.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';
import { workspace as repository } from './notebook-fixture.ts';

const workspace = useTemporaryWorkspace();

test('what nobody has worked in follows its original, what somebody has stays', async () => {
  const { root, notebooks } = workspace.current;
  const copy = (name: string): string => join(root, 'my-notebooks', name);
  const make = async (): Promise<readonly string[]> => (await makeWorkingCopies(findWorkspace(root))).outdated;
  mkdirSync(notebooks);
  for (const name of ['a.ipynb', 'b.ipynb', 'c.ipynb', 'requirements.txt']) writeFileSync(join(notebooks, name), `${name} 1`);
  expect(await make()).toEqual([]);
  const copied = readdirSync(join(root, 'my-notebooks'));
  expect(copied.slice(0, 3)).toEqual(['a.ipynb', 'b.ipynb', 'c.ipynb']);
  // And those that orchlab brings, where the project has none of the name.
  expect(copied).toContain('quickstart.ipynb');

  writeFileSync(copy('a.ipynb'), 'executed');
  writeFileSync(copy('own.ipynb'), 'own');
  rmSync(copy('c.ipynb'));
  expect(await make()).toEqual([]);
  for (const name of ['a.ipynb', 'b.ipynb']) writeFileSync(join(notebooks, name), `${name} 2`);
  // Each time, until it is renamed.
  for (const _ of [1, 2]) expect(await make()).toEqual(['a.ipynb']);
  const read = (name: string): string => readFileSync(copy(name), 'utf8');
  expect(['a.ipynb', 'b.ipynb', 'c.ipynb', 'own.ipynb'].map(read)).toEqual(['executed', 'b.ipynb 2', 'c.ipynb 1', 'own']);
  rmSync(copy('a.ipynb'));
  expect(await make()).toEqual([]);
  expect(read('a.ipynb')).toBe('a.ipynb 2');
});

test('orchlab lab opens on the copies: what is executed there changes nothing that git sees', async () => {
  const git = (...args: readonly string[]): string => execFileSync('git', [...args], { cwd: repository.root, encoding: 'utf8' });
  const before = git('status', '--porcelain');
  const lab = startOrchlab(['lab', '--no-browser'], { cwd: repository.root, env: { TMPDIR: workspace.current.root } });
  let stdout = '';
  lab.child.stdout?.on('data', (chunk: string) => (stdout += chunk));
  try {
    await lab.seen(/my-notebooks\/ holds copies of the notebooks to work in, which git does not see/);
    const url = new URL(stdout.trim());
    expect(url.pathname).toBe('/lab/tree/my-notebooks');
    expect((await fetch(url)).status).toBe(200);
    // As the browser saves a notebook that was executed.
    const headers = { Authorization: `token ${url.searchParams.get('token')}` };
    const contents = new URL('/api/contents/my-notebooks/saved-by-a-test.ipynb', url);
    const body = JSON.stringify({ type: 'notebook', content: { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 } });
    expect((await fetch(contents, { method: 'PUT', headers, body })).status).toBe(201);
    expect(existsSync(join(repository.root, 'my-notebooks', 'saved-by-a-test.ipynb'))).toBe(true);
    expect(git('status', '--porcelain')).toBe(before);
    expect((await fetch(contents, { method: 'DELETE', headers })).status).toBe(204);
  } finally {
    lab.child.kill('SIGINT');
    await lab.result;
  }
});
