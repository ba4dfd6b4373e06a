import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const repository = findWorkspace(import.meta.dirname);
const workspace = useTemporaryWorkspace();
const postgres = usePrivateServer();
const python = join(repository.root, '.venv-procrastinate', 'bin', 'python');

describe('an experiment that times out', () => {
  // Its stop kills the workers of some engines, and all of them then write down that their tasks failed.
  it.each([
    ['dbos', true],
    ['pg-boss', true],
    ['graphile-worker', true],
    [join(repository.root, 'docs', 'examples', 'minimal.yaml'), true],
    ['procrastinate', existsSync(python)],
  ] as const)('has lost the tasks that it stopped, on %s: none of them failed', async (name, isThere) => {
    if (!isThere) return;
    workspace.current.copyTargets();
    vi.stubEnv('DATABASE_URL', postgres.server.url);
    process.env['PROCRASTINATE_PYTHON'] = python;
    const config = createConfig({
      workflows: 2,
      tasks_per_workflow: 2,
      duration: 60,
      target: name,
      scheduler: { poll_interval_secs: 0.1 },
      timeout: 2,
    });
    const outcome = await executeExperiment(
      { config, workspace: workspace.current, keepDatabase: false },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    expect(outcome.status, outcome.reason).toBe('timed-out');
    const { manifest, tasks } = await openExperiment(outcome.directory);
    expect(manifest.ledger).toMatchObject({ submitted: 4, finished: 0, failed: 0, cancelled: 0, lost: 4 });
    expect(new Set(tasks.array('status'))).toEqual(new Set(['lost']));
  });
});
