import { expect, it, onTestFinished, vi } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { executionsOf } from '../../src/analysis/work-figures.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { drawnSeconds } from '../../src/config/task-duration.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { plotRetryDelay, plotWork } from '../../src/plots/plot-work.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { type OracleExecution, createOracle } from '../support/oracle-target.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

const postgres = usePrivateServer();

it('tells the work, the attempts and the retry delays that were planted', async () => {
  const workspace = temporaryWorkspace();
  onTestFinished(() => workspace[Symbol.dispose]());
  vi.stubEnv('DATABASE_URL', postgres.server.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const config = createConfig({
    workflows: 30,
    tasks_per_workflow: 4,
    duration: { exponential: 0.02 },
    executor: 'inline',
    target: 'oracle',
    timeout: 60,
    recovery: { max_attempts: 3, retry_delay_seconds: 0.5 },
  });
  /** Milliseconds that a task works more than it was asked to, and that a retry comes later. */
  const excessMs = (runIndex: number, taskIndex: number): number => (runIndex % 5) + taskIndex / 4;
  const lateMs = (runIndex: number, attempt: number): number => 10 * (runIndex % 3) + attempt;
  /** Tasks 0 fail once, tasks 1 of every third run twice. */
  const failuresOf = (runIndex: number, taskIndex: number): number => (taskIndex === 0 ? 1 : taskIndex === 1 && runIndex % 3 === 0 ? 2 : 0);
  const oracle = createOracle({
    seed: 1,
    executionsOf: (runIndex, taskIndex) => 1 + failuresOf(runIndex, taskIndex),
    workOf: ({ runIndex }, taskIndex) => {
      const workMs = 1000 * drawnSeconds(config.duration, `oracle-${runIndex}`, taskIndex) + excessMs(runIndex, taskIndex);
      const failures = failuresOf(runIndex, taskIndex);
      const made: OracleExecution[] = [];
      for (let attempt = 0; attempt <= failures; attempt++) {
        const beganMs = attempt === 0 ? 5 : (made.at(-1)?.endedMs ?? 0) + 500 + lateMs(runIndex, attempt);
        made.push({ beganMs, endedMs: beganMs + workMs, outcome: attempt < failures ? 'failed' : 'finished' });
      }
      return made;
    },
  });
  const { directory, status } = await executeExperiment(
    { config, workspace, keepDatabase: false },
    { signal: new AbortController().signal, onProgress: () => undefined },
    { createTarget: oracle.createTarget },
  );
  expect(status).toBe('done');
  const experiment = await openExperiment(directory);
  // Retries of what failed are no duplicates.
  expect(ledgerOf(experiment)).toMatchObject({ submitted: 120, finished: 120, duplicates: 0 });
  expect(experiment.manifest.ledger).toMatchObject({ duplicates: 0 });

  const tasks = Array.from({ length: 120 }, (_, index) => [Math.floor(index / 4), index % 4] as const);
  const perExecution = (of: (runIndex: number, taskIndex: number) => number): readonly number[] =>
    tasks.flatMap(([run, task]) => Array.from({ length: 1 + failuresOf(run, task) }, () => of(run, task)));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const executions = perExecution(() => 1).length;
  const delays = tasks.flatMap(([run, task]) =>
    Array.from({ length: failuresOf(run, task) }, (_, index) => 0.5 + lateMs(run, index + 1) / 1000),
  );
  const figure = (name: string): number => figureOf(experiment, name);
  expect(executions).toBe(170);
  expect(executionsOf(experiment).numRows()).toBe(executions);
  expect(figure('work.asked.avg')).toBeCloseTo(mean(perExecution((run, task) => drawnSeconds(config.duration, `oracle-${run}`, task))), 9);
  // Evidence has microseconds.
  expect(figure('work.excess.avg')).toBeCloseTo(mean(perExecution(excessMs)) / 1000, 5);
  expect(figure('work.excess.max')).toBeCloseTo(0.00475, 5);
  expect(figure('retry.delay.avg')).toBeCloseTo(mean(delays), 5);
  expect(figure('retry.excess.max')).toBeCloseTo(Math.max(...delays) - 0.5, 5);
  expect([figure('attempts.avg'), figure('attempts.max'), figure('goodput.ratio')]).toEqual([executions / 120, 3, 120 / executions]);

  const text = textSummary(summarize(experiment));
  expect(text).toContain('Executions of a task: 1.417 on average, 3 at most');
  expect(text).toContain('Goodput (tasks finished of executions): 70.6 %');
  // What is drawn is a picture.
  expect(plotToSvg(plotWork(experiment))).toContain('share of executions (%)');
  expect(plotToSvg(plotRetryDelay(experiment))).toContain('share of retries (%)');
  const page = htmlReport(experiment);
  expect(page).toContain('Retry delay, 500 ms asked');
  expect(page).toContain('Work of 0.02 s on average (exponential)');
});
