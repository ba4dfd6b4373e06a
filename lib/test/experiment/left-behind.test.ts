import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { isProcessAlive } from '../../src/processes/process-status.ts';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import type { Scheduler } from '../../src/targets/target.ts';
import { createOracle } from '../support/oracle-target.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

it.runIf(process.platform === 'linux')('what an engine leaves in sessions of its own is ended, and said', async () => {
  const pids: number[] = [];
  // A task, and a process whose parent has ended: the one is below the scheduler when that is stopped, the other has its mark only.
  const engine = "setsid sleep 600 & sh -c 'setsid tail -f /dev/null & echo $!'; echo $!; wait";
  const startScheduler = async (): Promise<Scheduler> => {
    const child = spawn('sh', ['-c', engine], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(child, 'exit').then(([code, signal]) => ({ code: code as number, signal: signal as NodeJS.Signals | null }));
    for await (const line of createInterface({ input: child.stdout })) if (pids.push(Number(line)) === 2) break;
    const pid = child.pid ?? -1;
    return { pid, exited, stop: async () => void (await stopProcess(pid, { processGroup: true })) };
  };
  const { createTarget } = createOracle({ seed: 1 });
  const config = createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, executor: 'inline', target: 'oracle' });
  const outcome = await executeExperiment(
    { config, workspace: workspace.current, keepDatabase: false },
    { signal: new AbortController().signal, onProgress: () => undefined },
    { createTarget: async (context) => ({ ...(await createTarget(context)), startScheduler }) },
  );
  expect(outcome.status).toBe('done');
  const said = (name: string): string => `When the engine was stopped it left 1 process running (${name}); orchlab ended it.`;
  expect((await openExperiment(outcome.directory)).manifest.warnings).toEqual(expect.arrayContaining([said('sleep'), said('tail')]));
  expect(pids).toHaveLength(2);
  expect(pids.filter((pid) => isProcessAlive(pid))).toEqual([]);
});
