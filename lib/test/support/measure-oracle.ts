import { onTestFinished, vi } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import type { DatabaseServer } from '../../src/database/database-server.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { type Experiment, openExperiment } from '../../src/results/experiment.ts';
import type { Progress } from '../../src/results/progress.ts';
import type { Row } from '../../src/results/tables.ts';
import { createOracle, type Oracle, type OraclePlan } from './oracle-target.ts';
import { temporaryWorkspace } from './temporary-workspace.ts';

interface MeasuredOracle {
  readonly oracle: Oracle;
  readonly experiment: Experiment;
  /** In the order of the schedule. */
  readonly runs: readonly Row<'runs'>[];
  readonly status: string;
}

/** An experiment on an oracle, through all the real phases but the engine; its results are there until the test has ended. */
export async function measureOracle(
  server: Pick<DatabaseServer, 'url'>,
  plan: OraclePlan,
  config: Omit<PerfConfigFile, 'duration' | 'target'> & Partial<Pick<PerfConfigFile, 'duration'>>,
  onProgress: (progress: Progress, interruption: AbortController) => void = () => undefined,
): Promise<MeasuredOracle> {
  const workspace = temporaryWorkspace();
  // Tables are read from their files when they are looked at.
  onTestFinished(() => workspace[Symbol.dispose]());
  vi.stubEnv('DATABASE_URL', server.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const oracle = createOracle(plan);
  const interruption = new AbortController();
  const { directory, status } = await executeExperiment(
    { config: createConfig({ executor: 'inline', duration: 0, target: 'oracle', timeout: 60, ...config }), workspace, keepDatabase: false },
    { signal: interruption.signal, onProgress: (progress) => onProgress(progress, interruption) },
    { createTarget: oracle.createTarget },
  );
  const experiment = await openExperiment(directory);
  const runs = (experiment.runs.objects() as Row<'runs'>[]).toSorted((a, b) => a.runIndex - b.runIndex);
  return { oracle, experiment, runs, status };
}

/** Type 7 of Hyndman and Fan, as the method says, worked out on its own. */
export function quantileOf(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  return low + ((sorted[below + 1] ?? low) - low) * (position - below);
}
