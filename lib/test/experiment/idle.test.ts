import { expect, it, onTestFinished, vi } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { createOracle } from '../support/oracle-target.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

const postgres = usePrivateServer();

it('measures what a scheduler that only polls does of it, before anything is submitted', async () => {
  using workspace = temporaryWorkspace();
  vi.stubEnv('DATABASE_URL', postgres.server.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const config = createConfig({
    workflows: 2,
    tasks_per_workflow: 2,
    duration: 0,
    executor: 'inline',
    target: 'oracle',
    idle: 6,
    timeout: 5,
  });
  const { createTarget } = createOracle({ seed: 1, pollsPerSecond: 20 });
  const steps = new Set<string>();
  const { directory, status } = await executeExperiment(
    { config, workspace, keepDatabase: false },
    { signal: new AbortController().signal, onProgress: ({ phase }) => steps.add(phase) },
    { createTarget },
  );
  // The timeout is of the load: the phase takes longer.
  expect(status).toBe('done');
  expect([...steps]).toEqual(['starting', 'idle', 'load', 'drain', 'collect', 'ended']);
  const experiment = await openExperiment(directory);
  const { idleStartedMs = 0, idleEndedMs = 0, loadStartedMs = 0 } = experiment.manifest.times;
  expect(idleEndedMs - idleStartedMs).toBeGreaterThanOrEqual(6000);
  expect(Math.min(...experiment.runs.array('sentMs'))).toBeGreaterThan(loadStartedMs);
  const value = (name: string): number => figureOf(experiment, name);
  expect(value('idle.transactionsPerSecond')).toBeGreaterThan(17);
  expect(value('idle.transactionsPerSecond')).toBeLessThan(23);
  expect(value('idle.queriesPerSecond')).toBeGreaterThan(34);
  expect(value('idle.queriesPerSecond')).toBeLessThan(46);
  // A message and its header, and now and then what Postgres writes by itself.
  expect(value('idle.walBytesPerSecond')).toBeGreaterThan(20_000);
  expect(value('idle.walBytesPerSecond')).toBeLessThan(40_000);
  expect(value('scheduler.idleWakeUpsPerSecond')).toBeGreaterThan(20);
  expect(value('scheduler.idleCpuRatio')).toBeGreaterThan(0.001);
});
