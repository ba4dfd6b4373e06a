import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { descendants } from '../../src/sampling/process-tree.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

let workspace: TemporaryWorkspace;
beforeEach(() => {
  workspace = temporaryWorkspace();
  vi.stubEnv('TMPDIR', join(workspace.root, 'tmp'));
  vi.stubEnv('DATABASE_URL', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  workspace[Symbol.dispose]();
});

it.each(['starting Postgres', 'preparing dbos', 'starting the scheduler', 'submitting runs'])(
  'interrupted while %s it ends as interrupted, with nothing left behind',
  async (step) => {
    const before = new Set(await descendants(process.pid));
    const interruption = new AbortController();
    const config = createConfig({ workflows: 3, tasks_per_workflow: 2, duration: 2 });
    const outcome = await executeExperiment(
      { config, workspace, keepDatabase: false },
      {
        signal: interruption.signal,
        onProgress: (progress) => {
          if (progress.step === step) interruption.abort();
        },
      },
    );
    expect(interruption.signal.aborted).toBe(true);
    expect(outcome).toMatchObject({ status: 'interrupted', reason: 'interrupted by the user' });
    expect((await openExperiment(outcome.directory)).manifest).toMatchObject({ status: 'interrupted', reason: 'interrupted by the user' });
    const left = async (): Promise<number[]> => (await descendants(process.pid)).filter((pid) => !before.has(pid));
    const directories = (): string[] => readdirSync(join(workspace.root, 'tmp')).filter((name) => name.startsWith('orchlab-'));
    await waitUntil('nothing is left', async () => (await left()).length + directories().length === 0, 15_000).catch(() => undefined);
    expect(await left()).toEqual([]);
    expect(directories()).toEqual([]);
  },
);

it('ends with the reason when the database is gone, long before its timeout', async () => {
  let isKilled = false;
  const config = createConfig({ workflows: 3, tasks_per_workflow: 2, duration: 300, scheduler: { poll_interval_secs: 0.1 }, timeout: 600 });
  const outcome = await executeExperiment(
    { config, workspace, keepDatabase: false },
    {
      signal: new AbortController().signal,
      onProgress: (progress) => {
        if (isKilled || progress.workers.count === 0) return;
        isKilled = true;
        void killPostgres();
      },
    },
  );
  expect(outcome.status).toBe('failed');
  expect(outcome.reason).toMatch(/database|Postgres|scheduler 0 ended/i);
  expect((await openExperiment(outcome.directory)).runs.numRows()).toBe(3);
});

/** Kills the embedded server as a crash would. */
async function killPostgres(): Promise<void> {
  const { readFileSync } = await import('node:fs');
  for (const pid of await descendants(process.pid)) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (command[0]?.endsWith('/postgres') && command.includes('-D')) process.kill(pid, 'SIGKILL');
  }
}
