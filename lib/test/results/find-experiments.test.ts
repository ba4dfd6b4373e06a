import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findExperiments } from '../../src/results/find-experiments.ts';
import { writeManifest } from '../../src/results/manifest.ts';
import { buildExperiment } from '../support/build-experiment.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-find-experiments-'));
beforeAll(async () => {
  const { manifest } = buildExperiment();
  for (const [index, name] of ['first', 'second', 'third'].entries()) {
    mkdirSync(join(directory, name));
    await writeManifest(join(directory, name), { ...manifest, name, times: { startedMs: index } });
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

it.each([
  [undefined, ['first', 'second', 'third']],
  [5, ['first', 'second', 'third']],
  [2, ['second', 'third']],
  [0, []],
])('finds the last %s experiments, oldest first', async (last, names) => {
  const found = await findExperiments({ directory, ...(last === undefined ? {} : { last }) });
  expect(found.map(({ name }) => name)).toEqual(names);
});
