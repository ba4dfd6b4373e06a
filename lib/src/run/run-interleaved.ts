import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { ExperimentError, InterruptedError } from './errors.ts';
import { withNotebookInterrupt } from './notebook-interrupt.ts';
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
 * Resolves with all experiments in the order in which they ran, also those that failed or timed out: their manifest says why. One
 * interrupt (of `signal`, or of the notebook's cell) ends the series: rejects with an InterruptedError, whose `experiments` are those
 * that there are. Rejects with whatever else `runExperiment` does (a ConfigError, a MissingProgramError, a ResultsError, or the Error
 * of a process that died too soon); the experiments before it are saved.
 */
export async function runInterleaved(configs: readonly PerfConfig[], options: RunInterleavedOptions = {}): Promise<Experiment[]> {
  const { repeat = 1, onStart, ...each } = options;
  const series = Array.from({ length: repeat }, (_, index) => configs.map((config) => ({ config, round: index + 1 }))).flat();
  // Around all of it: there is an end to be told between two experiments, too.
  return withNotebookInterrupt(options.signal, async (signal) => {
    const experiments: Experiment[] = [];
    const refuseRest = (): never => {
      const message = `the series was interrupted: ${experiments.length} of its ${series.length} experiments were begun, no other is (they are this error's \`experiments\`)`;
      throw new InterruptedError(message, { experiments });
    };
    for (const { config, round } of series) {
      if (signal?.aborted) refuseRest();
      onStart?.(config, round);
      const experiment = await runWhateverComes(config, { ...each, ...(signal && { signal }) });
      experiments.push(experiment);
      if (experiment.manifest.status === 'interrupted') refuseRest();
    }
    return experiments;
  });
}

async function runWhateverComes(config: PerfConfig, options: RunExperimentOptions): Promise<Experiment> {
  try {
    return await runExperiment(config, options);
  } catch (error) {
    if (error instanceof ExperimentError) return error.experiment;
    throw error;
  }
}
