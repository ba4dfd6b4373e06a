import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { type ProcessStatus, readProcessStatus } from '../../src/processes/process-status.ts';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { descendants } from '../../src/sampling/process-tree.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { withLimit } from '../../src/timing/with-limit.ts';
import { createOracle } from '../support/oracle-target.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

it('ends with the reason as soon as the postmaster is gone', async () => {
  let killedMs = Number.NaN;
  const config = createConfig({ workflows: 3, tasks_per_workflow: 2, duration: 300, scheduler: { poll_interval_secs: 0.1 }, timeout: 600 });
  const outcome = await executeExperiment(
    { config, workspace: workspace.current, keepDatabase: false },
    {
      signal: new AbortController().signal,
      onProgress: (progress) => {
        if (killedMs > 0 || progress.workers.count === 0) return;
        killedMs = Date.now();
        void findPostgres().then(([postmaster]) => process.kill(postmaster?.pid ?? -1, 'SIGKILL'));
      },
    },
  );
  expect(outcome).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/^the Postgres server \(process \d+\) ended while it was needed: it was killed/),
  });
  const { runs, manifest } = await openExperiment(outcome.directory);
  expect(runs.numRows()).toBe(3);
  expect(manifest.times.drainedMs).toBeLessThan(killedMs + 2000);
  expect(manifest.times.endedMs).toBeLessThan(killedMs + 5000);
});

it('ends with the reason when the database hangs in a closed load', async () => {
  const oracle = createOracle({ seed: 1 });
  const config = createConfig({
    load_seconds: 300,
    tasks_per_workflow: 1,
    duration: 0,
    executor: 'inline',
    target: 'oracle',
    arrival: { closed: 4 },
    timeout: 600,
  });
  let postgres: readonly ProcessStatus[] | undefined;
  // Without their postmaster, too, they would be there for ever.
  await using _postgres = {
    [Symbol.asyncDispose]: async () => {
      await Promise.all((postgres ?? []).map(async ({ pid, startTime }) => stopProcess(pid, { signal: 'SIGKILL', startTime })));
    },
  };
  const executing = executeExperiment(
    { config, workspace: workspace.current, keepDatabase: false },
    {
      signal: new AbortController().signal,
      onProgress: (progress) => {
        if (postgres || progress.runs.sent < 10) return;
        postgres = [];
        void findPostgres().then((found) => {
          postgres = found;
          for (const { pid } of found) process.kill(pid, 'SIGSTOP');
        });
      },
    },
    { createTarget: oracle.createTarget },
  );
  const outcome = await withLimit(executing, 100, 'the experiment');
  expect(outcome).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/^the database did not answer any more: no answer within 4 s, on a new connection neither$/),
  });
  const { times, runWatch } = (await openExperiment(outcome.directory)).manifest;
  expect(runWatch?.reads).toBeGreaterThan(0);
  expect(times.drainedMs).toBeGreaterThan(0);
});

/** The processes of the embedded server, postmaster first. */
async function findPostgres(): Promise<readonly ProcessStatus[]> {
  for (const pid of await descendants(process.pid)) {
    const [program = '', ...options] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (!program.endsWith('/postgres') || !options.includes('-D')) continue;
    return [pid, ...(await descendants(pid))].flatMap((each) => readProcessStatus(each) ?? []);
  }
  return [];
}
