import { expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { findExperiments } from '../../src/results/find-experiments.ts';
import { runExperiment } from '../../src/run/run-experiment.ts';
import { descendants } from '../../src/sampling/process-tree.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

it('rejects with what onProgress throws, when the experiment has been interrupted and has ended', async () => {
  const before = new Set(await descendants(process.pid));
  const mistake = new TypeError('progress is not a function');
  let calls = 0;
  const running = runExperiment(createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 300, executor: 'inline', timeout: 600 }), {
    workspace: findWorkspace(workspace.current.root),
    onProgress(progress) {
      if (progress.step !== 'waiting for the tasks to end') return;
      calls++;
      throw mistake;
    },
  });
  await expect(running).rejects.toBe(mistake);
  expect(calls).toBe(1);
  const [experiment] = await findExperiments({ directory: workspace.current.results });
  expect(experiment?.manifest).toMatchObject({ status: 'interrupted', ledger: { submitted: 1, finished: 0 } });
  // Its own process ends by itself, all that it started has ended.
  const left = async (): Promise<number> => (await descendants(process.pid)).filter((pid) => !before.has(pid)).length;
  await expect.poll(left, { timeout: 15_000 }).toBe(0);
});
