import { expect, it, onTestFinished, vi } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { plotBacklog } from '../../src/plots/plot-backlog.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import type { CreateTarget } from '../../src/targets/target.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';
import { createOracle } from '../support/oracle-target.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

const postgres = usePrivateServer();

async function execute(
  createTarget: CreateTarget,
  config: Partial<PerfConfigFile>,
): Promise<{ directory: string; status: string; reason: string }> {
  const workspace = temporaryWorkspace();
  onTestFinished(() => workspace[Symbol.dispose]());
  vi.stubEnv('DATABASE_URL', postgres.server.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const values = { workflows: 10, tasks_per_workflow: 2, duration: 0, executor: 'inline', target: 'oracle', ...config } as const;
  return executeExperiment(
    { config: createConfig(values), workspace, keepDatabase: false },
    { signal: new AbortController().signal, onProgress: () => undefined },
    { createTarget },
  );
}

it('submits a backlog before the schedulers start, and measures how it is taken up apart from the load', async () => {
  const { createTarget } = createOracle({ seed: 1, slowness: 0.01, backlog: { claimAfterMs: 300, intervalMs: 10 } });
  const { directory, status } = await execute(createTarget, { backlog: 60 });
  expect(status).toBe('done');
  const experiment = await openExperiment(directory);
  const { schedulerStartMs = 0 } = experiment.manifest.times;
  const runs = experiment.runs.objects() as { runIndex: number; sentMs: number; warmUp: boolean }[];
  expect(runs.map(({ runIndex }) => runIndex).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 70 }, (_, index) => index));
  for (const { runIndex, sentMs, warmUp } of runs) expect([sentMs < schedulerStartMs, warmUp]).toEqual([runIndex < 60, runIndex < 60]);

  const value = (name: string): number => figureOf(experiment, name);
  expect(value('backlog.tasks')).toBe(120);
  expect(value('backlog.finished')).toBe(120);
  // The oracle is asked to start a moment after that was noted.
  expect(value('backlog.firstClaim')).toBeGreaterThanOrEqual(0.3);
  expect(value('backlog.firstClaim')).toBeLessThan(1);
  expect(value('backlog.drain') - value('backlog.firstClaim')).toBeCloseTo(1.24, 6);
  expect(value('backlog.tasksPerSecond')).toBeCloseTo(120 / 1.24, 6);
  expect(ledgerOf(experiment)).toMatchObject({ submitted: 140, finished: 140, lost: 0 });
  // The load's own figures are of its ten runs.
  const summary = summarize(experiment);
  expect(summary.runs).toMatchObject({ planned: 70, submitted: 70 });
  expect(summary.warmUp.runs).toBe(0);
  expect(value('response.max')).toBeLessThan(0.5);
  expect(textSummary(summary)).toContain('120 of them were of the backlog');
  expect(htmlReport(experiment)).toContain('id="backlog"');
  expect(plotToSvg(plotBacklog(experiment))).toContain('tasks of the backlog');
});

it('fails with the reason where an engine takes no run without a scheduler', async () => {
  const { createTarget } = createOracle({ seed: 1 });
  const unwilling: CreateTarget = async (context) => ({
    ...(await createTarget(context)),
    submit: async () => {
      throw new Error('connection refused');
    },
  });
  const { status, reason } = await execute(unwilling, { backlog: 3 });
  expect(status).toBe('failed');
  expect(reason).toBe('backlog: oracle took none of 3 runs while no scheduler ran, the first with: connection refused');
});

it('counts what of a backlog was executed twice, and knows no drain where a task did not end', () => {
  const base = handmadeExperiment({
    runs: [run(0, -900, -890, 'submitted', { warmUp: true }), run(1, -880, -870, 'submitted', { warmUp: true }), run(2, 100, 110)],
    tasks: [
      task('finished', { created: -895, dispatched: 400, started: 410, finished: 600 }, { runIndex: 0, executions: 3 }),
      task('lost', { created: -875, dispatched: 450, started: 460 }, { runIndex: 1, executions: 1 }),
      task('finished', { created: 105, dispatched: 500, started: 510, finished: 700 }, { runIndex: 2, executions: 5 }),
    ],
    times: { schedulerStartMs: -100 },
  });
  const experiment = { ...base, manifest: { ...base.manifest, config: { ...base.manifest.config, backlog: 2, workflows: 1 } } };
  const names = ['tasks', 'finished', 'firstClaim', 'drain', 'duplicates'];
  expect(names.map((name) => figureOf(experiment, `backlog.${name}`))).toEqual([2, 1, 0.5, Number.NaN, 2]);
  expect(figureOf(base, 'backlog.tasks')).toBeNaN();
  expect(textSummary(summarize(base))).not.toContain('acklog');
});
