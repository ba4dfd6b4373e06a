import { type Move, nextMove } from '../analysis/probe.ts';
import { changeConfig } from '../config/change-config.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { type RunExperimentOptions, runExperiment } from './run-experiment.ts';

export interface ProbeOptions extends RunExperimentOptions {
  /** Told of what is moved, before the second experiment begins. */
  readonly onMove?: (move: Move) => void;
}

/** Two experiments that differ in one setting. */
export interface Probe {
  readonly base: Experiment;
  /** Undefined where nothing was moved: the config bounds nothing that can be. */
  readonly moved?: { readonly move: Move; readonly experiment: Experiment };
}

/**
 * Runs an experiment, moves the setting of its lowest ceiling (twice as many places, half the polling interval), and runs it again: `probeResult`
 * says whether the figure moved with it. Rejects as `runExperiment` does.
 */
export async function probe(config: PerfConfig, { onMove, ...options }: ProbeOptions = {}): Promise<Probe> {
  const base = await runExperiment(config, options);
  const move = nextMove(base);
  if (!move) return { base };
  onMove?.(move);
  const experiment = await runExperiment(changeConfig(config, { [move.setting]: move.to }, `--probe of ${move.setting}`), options);
  return { base, moved: { move, experiment } };
}
