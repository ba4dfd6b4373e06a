import { expect, it, onTestFinished, vi } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();
const watch = { signal: new AbortController().signal, onProgress: () => undefined };
const values = { arrival: { constant: 2 }, tasks_per_workflow: 1, duration: 0, executor: 'inline' } as const;

it('two schedulers of DBOS fire each schedule once at a moment, beside a load that has nothing to do with it', async () => {
  const config = createConfig({ ...values, load_seconds: 12, scheduler: { processes: 2 }, periodic: { schedules: 3, every: '2s' } });
  const { directory, status, reason } = await executeExperiment({ config, workspace: workspace.current, keepDatabase: false }, watch);
  expect([status, reason]).toEqual(['done', '']);
  const experiment = await openExperiment(directory);
  expect(ledgerOf(experiment)).toMatchObject({ submitted: 24, finished: 24, ghosts: 0 });
  // A period before the end is the last that counts: 12 s have 4 or 5 moments of each of three before that.
  expect(figureOf(experiment, 'firings.due')).toBeGreaterThanOrEqual(12);
  expect(figureOf(experiment, 'firings.due')).toBeLessThanOrEqual(18);
  expect(figureOf(experiment, 'firings.doubled')).toBe(0);
  expect(figureOf(experiment, 'firings.missed')).toBe(0);
  expect(figureOf(experiment, 'firingLateness.min')).toBeGreaterThan(-0.005);
  expect(htmlReport(experiment)).toContain('Periodic work: p50');
});

it.each([
  ['pg-boss', '60 s or more (the schedules of pg-boss know nothing shorter)'],
  ['graphile-worker', '60 s or more (the schedules of graphile-worker know nothing shorter)'],
])('%s is refused a shorter period than its schedules have', async (target, expected) => {
  const config = createConfig({ ...values, target, load_seconds: 30, periodic: { every: '10s' } });
  vi.stubEnv('DATABASE_URL', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { status, reason } = await executeExperiment({ config, workspace: workspace.current, keepDatabase: false }, watch);
  expect([status, reason.includes(expected)]).toEqual(['failed', true]);
});
