import { expect, it, onTestFinished, vi } from 'vitest';
import { faultLedger } from '../../src/analysis/fault-ledger.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { taskHistory } from '../../src/analysis/task-history.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { createCrashOracle } from '../support/crash-oracle.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

const postgres = usePrivateServer();
/** Executions are seen up to 50 ms late, and a busy machine delays a timer. */
const exactSeconds = 0.15;

it('finds what an engine did at a kill: every lost, stuck and doubled task by its id, and when it went on', async () => {
  const workspace = temporaryWorkspace();
  onTestFinished(() => workspace[Symbol.dispose]());
  vi.stubEnv('DATABASE_URL', postgres.server.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const oracle = createCrashOracle({ lost: 3, stuck: 2, doubled: 4, recoverySeconds: 1.5, taskSeconds: 0.2 });
  const config = createConfig({
    executor: 'inline',
    duration: 0,
    target: 'crash-oracle',
    tasks_per_workflow: 2,
    load_seconds: 7,
    arrival: { constant: 50 },
    settle_seconds: 1,
    faults: [{ kill: 'scheduler', at: '50%', restart_after: 0.3 }],
  });
  const outcome = await executeExperiment(
    { config, workspace, keepDatabase: false },
    { signal: new AbortController().signal, onProgress: () => undefined },
    { createTarget: oracle.createTarget },
  );
  const experiment = await openExperiment(outcome.directory);
  const { truth } = oracle;
  // The losses are what was looked for, and fail nothing.
  expect(outcome).toMatchObject({ status: 'done', reason: '' });
  expect(truth.lost).toHaveLength(3);

  const [fault, ...others] = faultLedger(experiment);
  expect(others).toHaveLength(0);
  expect(fault).toMatchObject({ kind: 'kill', subject: 'scheduler 0', lost: 3, stuck: 2, executedTwice: 4, duplicates: 4, failed: 0 });
  expect(fault?.tasks.lost).toEqual(truth.lost);
  expect(fault?.tasks.stuck).toEqual(truth.stuck);
  expect(fault?.tasks.executedTwice).toEqual(truth.doubled);
  expect(fault?.detectedBy).toMatch(/taken over|dispatched/);
  const planted = (truth.wentOnMs - truth.killedMs) / 1000;
  expect(Math.abs((fault?.detectedSeconds ?? 0) - planted)).toBeLessThan(exactSeconds);
  expect(Math.abs((fault?.recoverySeconds ?? 0) - planted)).toBeLessThan(exactSeconds);
  expect(Math.abs((fault?.repeatedSeconds ?? 0) - planted)).toBeLessThan(exactSeconds);
  expect(fault?.tasksPerSecondBefore).toBeCloseTo(100, -1);
  // 100 tasks a second came for 1.5 s, beside the 20 in work.
  expect(fault?.worstBacklog).toBeGreaterThan(130);
  // On a busy machine it is longer until the first of them end.
  expect(fault?.worstBacklog).toBeLessThan(300);

  const [lost = ''] = truth.lost;
  const history = taskHistory(experiment, lost);
  expect(history?.outcomes).toEqual([expect.stringContaining('lost by kill of scheduler 0')]);
  // What Postgres does by itself meanwhile (a checkpoint, autovacuum) may be among them.
  const ofTheTask = history?.moments.filter(({ what }) => !/checkpoint|vacuum|analyze/.test(what));
  expect(ofTheTask?.map(({ what }) => what)).toEqual([
    'its run was due',
    'its run was sent',
    'the engine had accepted its run',
    'execution 1 began (first)',
    expect.stringContaining('kill of scheduler 0'),
    expect.stringContaining('start of scheduler 0'),
    expect.stringContaining('the engine had no end of it'),
  ]);
  const summary = summarize(experiment);
  expect(summary.faults).toHaveLength(1);
  expect(summary.tasks).toMatchObject({ lost: 5, duplicates: 4 });
  expect(textSummary(summary)).toContain('3 lost, 2 stuck, 4 executed twice');
});
