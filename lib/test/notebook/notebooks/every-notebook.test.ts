import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { findWorkspace } from '../../../src/config/workspace.ts';

it('has a test here', async () => {
  const namesIn = async (folder: string, ending: string): Promise<readonly string[]> =>
    (await readdir(folder)).filter((file) => file.endsWith(ending)).map((file) => file.replace(ending, ''));
  const tested = await namesIn(import.meta.dirname, '.test.ts');
  const notebooks = await namesIn(findWorkspace(import.meta.dirname).notebooks, '.ipynb');
  expect(notebooks.filter((name) => !tested.includes(name))).toEqual([]);
});
