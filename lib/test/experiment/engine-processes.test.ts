import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { summarize } from '../../src/analysis/summarize.ts';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import type { CreateTarget, EngineProcess } from '../../src/targets/target.ts';
import { createOracle } from '../support/oracle-target.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

/** An oracle with a process of its own beside the scheduler, which lives for so long. */
function withBroker(seconds: number, begun: string[]): CreateTarget {
  const { createTarget } = createOracle({ seed: 3, slowness: 2 });
  return async (context) => {
    const target = await createTarget(context);
    const startBroker = async (): Promise<EngineProcess> => {
      begun.push('broker');
      const child = spawn('sleep', [String(seconds)], { detached: true, stdio: 'ignore' });
      await once(child, 'spawn');
      const pid = child.pid ?? -1;
      context.protect(pid);
      const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
      return { role: 'broker', pid, exited, stop: async () => void (await stopProcess(pid)) };
    };
    return {
      ...target,
      processRoles: ['broker'],
      startProcesses: async () => [await startBroker()],
      async startScheduler(instance) {
        begun.push('scheduler');
        return target.startScheduler(instance);
      },
    };
  };
}

async function measure(config: Partial<PerfConfigFile>, createTarget: CreateTarget) {
  const workspace = temporaryWorkspace();
  // Tables are read from their files when they are looked at.
  onTestFinished(() => workspace[Symbol.dispose]());
  const { directory, status, reason } = await executeExperiment(
    {
      config: createConfig({ executor: 'inline', duration: 0, target: 'oracle', timeout: 60, tasks_per_workflow: 1, ...config }),
      workspace,
      keepDatabase: false,
    },
    { signal: new AbortController().signal, onProgress: () => undefined },
    { createTarget },
  );
  const experiment = await openExperiment(directory);
  void [experiment.tasks, experiment.runs, experiment.counts, experiment.processes, experiment.postgres, experiment.host, experiment.waits];
  return { experiment, status, reason };
}

describe("an engine's processes of its own", () => {
  it("are started before the schedulers, sampled, and told apart; orchlab's own work in a closed loop is in no figure", async () => {
    const begun: string[] = [];
    const { experiment, status } = await measure({ arrival: { closed: 8 }, load_seconds: 4 }, withBroker(600, begun));
    expect(status).toBe('done');
    expect(begun).toEqual(['broker', 'scheduler']);
    const { manifest } = experiment;
    expect(manifest.target.roles).toEqual(['broker']);
    const summary = summarize(experiment);
    expect(summary.roles['broker']).toMatchObject({ peakCount: 1 });
    expect(summary.roles['broker']?.rssBytesPeak).toBeGreaterThan(0.5e6);

    // The engine's transactions are its submissions, on connections that were made before the first reading or a little later.
    const runs = experiment.runs.numRows();
    const postgres = experiment.postgres.objects() as Row<'postgres'>[];
    const { reads = 0 } = manifest.runWatch ?? {};
    expect(reads).toBeGreaterThan(runs / 4);
    expect(postgres.at(-1)?.commits).toBeLessThan(runs + 40);
    expect(summary.ownWork.transactions).toBeGreaterThan(reads);
    expect(Math.max(...postgres.map((row) => row.connectionsActive + row.connectionsIdle))).toBeLessThanOrEqual(10);
    const own = (experiment.processes.objects() as Row<'processes'>[]).filter(({ role }) => role === 'own-backends');
    expect(own.at(-1)?.cpuSeconds).toBeGreaterThan(0.05);
    expect(Math.max(...own.map(({ processCount }) => processCount))).toBeGreaterThanOrEqual(2);
    expect(textSummary(summary)).toMatch(
      /orchlab's own work in the database \(in none of the figures\): \d+ transactions, \d+\.\d\ds CPU, \d+\.\d% of Postgres'/,
    );
    expect(summary.eventLoopDelaySeconds.max).toBeGreaterThan(0);
    expect(summary.eventLoopDelaySeconds.p99).toBeLessThanOrEqual(summary.eventLoopDelaySeconds.max ?? 0);
  });

  it('end the experiment when one of them ends', async () => {
    const { status, reason } = await measure({ arrival: { constant: 5 }, load_seconds: 30 }, withBroker(2, []));
    expect(status).toBe('failed');
    expect(reason).toMatch(/^the broker process \(pid \d+\) ended with exit code 0 while it was needed$/);
  });
});
