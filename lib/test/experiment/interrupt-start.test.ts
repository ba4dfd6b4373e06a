import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { descendants } from '../../src/sampling/process-tree.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

it.each(['starting Postgres', 'preparing dbos', 'starting the scheduler', 'submitting runs'])(
  'interrupted while %s it ends as interrupted, with nothing left behind',
  async (step) => {
    const before = new Set(await descendants(process.pid));
    const interruption = new AbortController();
    const config = createConfig({ workflows: 3, tasks_per_workflow: 2, duration: 2 });
    const outcome = await executeExperiment(
      { config, workspace: workspace.current, keepDatabase: false },
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
    const directories = (): string[] => readdirSync(join(workspace.current.root, 'tmp')).filter((name) => name.startsWith('orchlab-'));
    await waitUntil('nothing is left', async () => (await left()).length + directories().length === 0).catch(() => undefined);
    expect(await left()).toEqual([]);
    expect(directories()).toEqual([]);
  },
);
