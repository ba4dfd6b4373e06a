import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { ExperimentError } from './experiment-error.ts';
import { type RunExperimentOptions, runExperiment } from './run-experiment.ts';

export interface RunInterleavedOptions extends RunExperimentOptions {
  /** How often each config is run. Default 1. */
  readonly repeat?: number;
  /** Told of each experiment before it begins. */
  readonly onStart?: (config: PerfConfig, round: number) => void;
}

/**
 * Runs several configs in turn, `repeat` times (A B C A B C ...): what changes on the machine meanwhile changes it for all of them.
 *
 * Resolves with all experiments in the order in which they ran, also those that did not end as done: their manifest says why. Ends
 * early when the signal aborts. Rejects with whatever else `runExperiment` does (a ConfigError, a MissingProgramError, a ResultsError,
 * or the Error of a process that died too soon); the experiments before it are saved.
 */
export async function runInterleaved(configs: readonly PerfConfig[], options: RunInterleavedOptions = {}): Promise<Experiment[]> {
  const { repeat = 1, onStart, ...each } = options;
  const experiments: Experiment[] = [];
  for (let round = 1; round <= repeat; round++) {
    for (const config of configs) {
      if (options.signal?.aborted) return experiments;
      onStart?.(config, round);
      experiments.push(await runWhateverComes(config, each));
    }
  }
  return experiments;
}

async function runWhateverComes(config: PerfConfig, options: RunExperimentOptions): Promise<Experiment> {
  try {
    return await runExperiment(config, options);
  } catch (error) {
    if (error instanceof ExperimentError) return error.experiment;
    throw error;
  }
}
