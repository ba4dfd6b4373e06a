import { type Baseline, type Gate, gateOf } from '../analysis/gate.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Summary } from '../analysis/summary.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { textConfiguration, textSummary } from '../report/text-summary.ts';
import { shownDirectory } from '../report/sections/files.ts';
import { isMeasured } from '../report/sections/status.ts';
import { ExperimentError } from '../run/errors.ts';
import { runExperiment } from '../run/run-experiment.ts';
import { saveGate } from '../run/save-gate.ts';
import { print, say } from './output.ts';
import type { Experiment } from '../results/experiment.ts';

interface RunAndSummarizeOptions {
  /** Print nothing on stdout: the caller will, as JSON. */
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
  /** What thresholds are judged by that are relative to one. */
  readonly baseline?: Baseline | undefined;
  readonly signal: AbortSignal;
}

/**
 * Runs one experiment with its progress on stderr, and prints its configuration and summary. One that fails has a summary too, unless it failed
 * before anything was measured: then its error says all that there is, once.
 */
export async function runAndSummarize(
  config: PerfConfig,
  { json = false, keepDatabase = false, baseline, signal }: RunAndSummarizeOptions,
): Promise<{ readonly gate: Gate; readonly summary: Summary; readonly error?: ExperimentError }> {
  if (!json) print(textConfiguration(config));
  try {
    return await judged(await runExperiment(config, { signal, keepDatabase }));
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return { ...(await judged(error.experiment)), error };
  }

  async function judged(measured: Experiment): Promise<{ readonly gate: Gate; readonly summary: Summary }> {
    const gate = await saveGate(gateOf([measured], baseline));
    const [experiment = measured] = gate.experiments;
    const summary = summaryOf(experiment);
    if (!json) print(isMeasured(summary) ? `\n${textSummary(summary).trimEnd()}` : `\nResults: ${shownDirectory(summary)}`);
    sayWhatIsKept([experiment]);
    return { gate, summary };
  }
}

/** How to look at the databases that were kept, without a password on the screen: as printed, in this workspace. */
export function sayWhatIsKept(experiments: readonly Experiment[]): void {
  for (const { manifest } of experiments) {
    const { kept, name, kind } = manifest.database;
    if (!kept || name === '') continue;
    say(`The database of ${manifest.name} is kept. To look at it: psql "$(npx orchlab db url --database ${name})"`);
    say(
      kind === 'external'
        ? '  (with the same DATABASE_URL; npx orchlab db clean drops it)'
        : '  (npx orchlab db start first, where its server was stopped; npx orchlab db clean drops it)',
    );
  }
}
