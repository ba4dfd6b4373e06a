import { expect } from 'vitest';
import { openExperiment } from '../../src/results/experiment.ts';
import { findExperiments } from '../../src/results/find-experiments.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { isProcessAlive } from '../../src/processes/process-status.ts';
import type { Cell, DoesNotApply, Phase } from './cell.ts';
import { phases } from './cell.ts';
import type { Trial } from './trial.ts';

const interrupted = /was interrupted: interrupted by the user|interrupted by the user/;

function signalCells(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): readonly Cell[] {
  return phases.map((phase: Phase): Cell => ({
    fault: signal,
    phase,
    done: phase === 'start' ? 'to the command, while Postgres does not answer' : 'to the command',
    ...(phase === 'start' && { server: async (trial: Trial) => trial.silentServer() }),
    cause: (trial) => void trial.command.kill(signal),
    expected:
      phase === 'report'
        ? { code: 0, status: 'done', message: undefined, withinSeconds: 30 }
        : { code: 130, status: 'interrupted', message: interrupted, withinSeconds: 30 },
    everyday: signal === 'SIGINT' && phase === 'collect',
  }));
}

const killOne = 'SIGKILL to the command';
const killProcess = 'SIGKILL to the experiment’s process';
const killBoth = 'SIGKILL to both';

async function waitForEnd(trial: Trial): Promise<void> {
  await waitUntil('the experiment has ended', () => !trial.processes().some((line) => line.includes('experiment-process')));
}

async function killExperiment(trial: Trial): Promise<void> {
  const pid = trial.pidOf('experiment-process');
  process.kill(pid, 'SIGKILL');
  await waitUntil('it is gone', () => !isProcessAlive(pid));
}

/** What reaches orchlab's own processes. */
export const signalFaults: readonly Cell[] = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).flatMap(signalCells),
  ...phases.map((phase): Cell => ({
    fault: killOne,
    phase,
    done: phase === 'report' ? 'the results are complete, the reports are missing' : 'its experiment ends in order',
    ...(phase === 'start' && { server: async (trial: Trial) => trial.silentServer() }),
    async cause(trial) {
      trial.command.kill('SIGKILL');
      if (phase !== 'report') trial.onEnd(async () => waitForEnd(trial));
    },
    expected: { code: 137, status: phase === 'report' ? 'done' : 'interrupted', message: undefined },
  })),
  ...(['prepare', 'load', 'drain', 'collect'] as const).map((phase): Cell => ({
    fault: killProcess,
    phase,
    done: 'the command tells of it, and drops the database',
    cause: killExperiment,
    expected: { code: 3, status: 'failed', message: /the experiment's process ended with SIGKILL/, withinSeconds: 10 },
    everyday: phase === 'collect',
  })),
  {
    fault: killBoth,
    phase: 'load',
    done: 'the guard ends what they started; the database stays on the server of DATABASE_URL, and the next start drops it; `orchlab list` and `show` say that it did not end',
    async cause(trial) {
      const pid = trial.pidOf('experiment-process');
      process.kill(pid, 'SIGSTOP');
      trial.command.kill('SIGKILL');
      process.kill(pid, 'SIGKILL');
    },
    expected: { code: 137, status: 'running', message: undefined },
    async check(trial) {
      const { status, reason } = (await openExperiment(trial.directory() ?? '')).manifest;
      expect.soft(`${status}: ${reason}`).toMatch(/^interrupted: it did not end: its process \(\d+\) is gone/);
      const left = trial.manifest()?.database.name ?? '';
      const { code, stderr } = await orchlab(['run', 'survival'], { cwd: trial.workspace.root, env: { DATABASE_URL: trial.serverUrl } });
      expect.soft(code, stderr).toBe(0);
      const [latest] = (await findExperiments({ directory: trial.workspace.results })).toReversed();
      expect
        .soft(latest?.manifest.warnings.join('\n'))
        .toContain(`what experiments that were killed had left on the server was dropped: ${left}.`);
    },
    everyday: true,
  },
];

export const signalLimits: readonly DoesNotApply[] = [
  { fault: killProcess, phases: ['start'], why: 'it is as in prepare' },
  { fault: killProcess, phases: ['report'], why: 'it has ended' },
  { fault: killBoth, phases: ['start', 'prepare', 'drain', 'collect', 'report'], why: 'it is as in load' },
];
