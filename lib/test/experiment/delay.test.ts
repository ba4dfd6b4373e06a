import { expect, it, onTestFinished, vi } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { runLateness } from '../../src/analysis/lateness-figures.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { ableMs, notBeforeMs } from '../../src/config/delay.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { drawsOf } from '../../src/config/task-duration.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { plotLateness } from '../../src/plots/plot-lateness.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { type Experiment, openExperiment } from '../../src/results/experiment.ts';
import { createOracle } from '../support/oracle-target.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

const postgres = usePrivateServer();
const watch = { signal: new AbortController().signal, onProgress: () => undefined };

async function execute(values: object, createTarget?: ReturnType<typeof createOracle>['createTarget']): Promise<Experiment> {
  const workspace = temporaryWorkspace();
  onTestFinished(() => workspace[Symbol.dispose]());
  vi.stubEnv('DATABASE_URL', postgres.server.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const config = createConfig({ tasks_per_workflow: 2, duration: 0, executor: 'inline', ...values });
  const { directory, status, reason } = await executeExperiment(
    { config, workspace, keepDatabase: false },
    watch,
    createTarget && { createTarget },
  );
  expect([status, reason]).toEqual(['done', '']);
  return openExperiment(directory);
}

it('tells how late delayed runs began, as planted; what they had asked for is in no response time', async () => {
  // 200 runs, 0 to 199 ms late; four of them 50 ms early.
  const lateMsOf = (runIndex: number): number => (runIndex % 50 === 49 ? -50 : runIndex);
  const { createTarget, tasks } = createOracle({ seed: 1, lateMsOf });
  const values = { target: 'oracle', workflows: 200, arrival: { constant: 100 }, delay: 1 };
  const experiment = await execute(values, createTarget);
  expect(ledgerOf(experiment)).toMatchObject({ submitted: 400, finished: 400 });

  const lateness = runLateness(experiment);
  const asked = Float64Array.from(experiment.runs.array('runIndex'), Number);
  // To a tenth of a millisecond: the clock of the database is fitted to that of the driver.
  for (const [row, seconds] of lateness.entries()) expect(Math.abs(seconds * 1000 - lateMsOf(asked[row] ?? -1))).toBeLessThan(3);
  expect(figureOf(experiment, 'lateness.p50')).toBeCloseTo(0.096, 2);
  expect(figureOf(experiment, 'lateness.max')).toBeCloseTo(0.198, 2);
  expect(figureOf(experiment, 'runs.early')).toBe(4);

  const executionSeconds = tasks.map((task) => (task.finishedMs - task.startedMs) / 1000);
  // From when it had asked, not from when it was submitted: the second of the delay is in none.
  expect(figureOf(experiment, 'response.max')).toBeLessThan(0.2 + Math.max(...executionSeconds) + 0.01);
  expect(figureOf(experiment, 'latency.max')).toBeLessThan(0.2 + Math.max(...executionSeconds) + 0.01);
  expect(figureOf(experiment, 'latency.min')).toBeGreaterThanOrEqual(0);

  expect(textSummary(summarize(experiment))).toContain('Begun too early: 4 runs');
  expect(htmlReport(experiment)).toContain('4 runs began before the moment that they had asked for.');
  expect(plotToSvg(plotLateness(experiment))).toContain('later than asked');
});

it.each(['dbos', 'pg-boss', 'graphile-worker'])('%s begins no delayed run early, whatever was drawn for it', async (target) => {
  const experiment = await execute({ target, workflows: 20, delay: { bimodal: { short: 0.2, long: 2, long_share: 0.5 } } });
  expect(ledgerOf(experiment)).toMatchObject({ submitted: 40, finished: 40 });
  expect(figureOf(experiment, 'runs.early')).toBe(0);
  expect(figureOf(experiment, 'lateness.min')).toBeGreaterThan(-0.005);
  // The longer half would be all of that late if nothing had been asked of the engine but the submission.
  expect(figureOf(experiment, 'latency.min')).toBeLessThan(2);
});

it('refuses a target that can not delay, with the reason', async () => {
  const { createTarget } = createOracle({ seed: 1 });
  const workspace = temporaryWorkspace();
  onTestFinished(() => workspace[Symbol.dispose]());
  vi.stubEnv('DATABASE_URL', postgres.server.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const config = createConfig({ target: 'oracle', workflows: 1, tasks_per_workflow: 1, duration: 0, executor: 'inline', delay: 1 });
  const undelayed: typeof createTarget = async (context) => ({ ...(await createTarget(context)), delays: false });
  const { status, reason } = await executeExperiment({ config, workspace, keepDatabase: false }, watch, { createTarget: undelayed });
  expect([status, reason.includes('a target whose runs can be told when to begin')]).toEqual(['failed', true]);
});

it('draws the same delay for a run whenever it is asked, and waits from the later of two moments on', () => {
  const delay = { exponential: 2 };
  const at = notBeforeMs(delay, { runId: 'a', sentMs: 1000 });
  expect(notBeforeMs(delay, { runId: 'a', sentMs: 1000 })).toBe(at);
  expect([...drawsOf(delay)]).toContain((at - 1000) / 1000);
  expect([ableMs(5, 9, 12), ableMs(5, 4, 12), ableMs(5, 9, 7), ableMs(5, 9, 3), ableMs(5, Number.NaN, 12)]).toEqual([9, 5, 7, 5, 5]);
});
