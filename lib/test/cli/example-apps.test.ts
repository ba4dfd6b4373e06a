import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { type Experiment, openExperiment } from '../../src/results/experiment.ts';
import { orchlab } from '../support/orchlab-command.ts';

const { root } = findWorkspace(import.meta.dirname);
const python = join(root, '.venv-procrastinate', 'bin', 'python');

/** Runs a config of an example project, in a copy of it beside the packages of the repository. */
async function measure(name: string, config: string, environment: Readonly<Record<string, string>> = {}): Promise<Experiment> {
  const folder = mkdtempSync(join(tmpdir(), 'orchlab-example-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'examples', name), folder, { recursive: true });
  chmodSync(folder, 0o755); // so that the user postgres can reach a database in it when the tests run as root
  mkdirSync(join(folder, 'tmp'));
  chmodSync(join(folder, 'tmp'), 0o1777);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { code, stderr } = await orchlab(['run', config, '--load-seconds', '3'], { cwd: folder, env: environment });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  const results = join(folder, 'perf-results');
  const experiment = readdirSync(results).find((entry) => entry.endsWith(`-${config}`)) ?? '';
  return openExperiment(join(results, experiment));
}

describe('projects that measure their own code', () => {
  it('a worker on pg-boss: every part of every order once, by its own evidence', async () => {
    const experiment = await measure('pg-boss-app', 'checkout');
    expect(ledgerOf(experiment)).toMatchObject({ submitted: 180, finished: 180, duplicates: 0, ghosts: 0 });
    // 2,000 hashes take longer than nothing.
    expect(figureOf(experiment, 'execution.p50')).toBeGreaterThan(0.001);
  });

  it.skipIf(!existsSync(python))('a worker on procrastinate (Python): every mail of every campaign once', async () => {
    const experiment = await measure('procrastinate-app', 'campaign', { APP_PYTHON: python });
    expect(ledgerOf(experiment)).toMatchObject({ submitted: 75, finished: 75, duplicates: 0, ghosts: 0 });
    expect(figureOf(experiment, 'execution.min')).toBeGreaterThan(0.009);
  });
});
