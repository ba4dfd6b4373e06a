import { summarize } from '../analysis/summarize.ts';
import type { Summary } from '../analysis/summary.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { textConfiguration, textSummary } from '../report/text-summary.ts';
import { ExperimentError } from '../run/experiment-error.ts';
import { runExperiment } from '../run/run-experiment.ts';
import { print } from './output.ts';

interface RunAndSummarizeOptions {
  /** Print nothing on stdout: the caller will, as JSON. */
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
  readonly signal: AbortSignal;
}

/** Runs one experiment with its progress on stderr, and prints its configuration and summary. One that fails has a summary too. */
export async function runAndSummarize(
  config: PerfConfig,
  { json = false, keepDatabase = false, signal }: RunAndSummarizeOptions,
): Promise<{ readonly summary: Summary; readonly error?: ExperimentError }> {
  if (!json) print(textConfiguration(config));
  try {
    const experiment = await runExperiment(config, { signal, keepDatabase });
    return { summary: printed(summarize(experiment)) };
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return { summary: printed(summarize(error.experiment)), error };
  }

  function printed(summary: Summary): Summary {
    if (!json) print(`\n${textSummary(summary).trimEnd()}`);
    return summary;
  }
}
