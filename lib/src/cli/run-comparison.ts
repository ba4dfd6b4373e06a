import { writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type Baseline, gateOf } from '../analysis/gate.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { plotTargets } from '../plots/plot-targets.ts';
import { plotToSvg } from '../report/render-plot.ts';
import { textTargets } from '../report/text-targets.ts';
import { InterruptedError } from '../run/errors.ts';
import { runInterleaved } from '../run/run-interleaved.ts';
import { checkAll } from './check-all.ts';
import { exitCodes } from './exit-codes.ts';
import { baselineText, concludeGate, withBaseline } from './gate.ts';
import type { GateFiles } from './gate-files.ts';
import { print, printJson, say } from './output.ts';
import { sayWhatIsKept } from './run-and-print.ts';

interface ComparisonOptions extends GateFiles {
  readonly baseline?: Baseline | undefined;
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
  readonly repeat: number;
  readonly signal: AbortSignal;
}

/** Runs the configs interleaved, and prints and saves one comparison; with `json` an array of summaries on stdout. */
export async function runAndCompare(
  configs: readonly PerfConfig[],
  { json = false, keepDatabase = false, repeat, signal, baseline, ...files }: ComparisonOptions,
): Promise<void> {
  await checkAll(configs);
  let interruption: InterruptedError | undefined;
  const experiments = await runInterleaved(configs, {
    repeat,
    signal,
    keepDatabase,
    onStart: (config, round) => say(`${config.name} on ${config.target}, round ${round} of ${repeat}`),
  }).catch((error: unknown) => {
    if (!(error instanceof InterruptedError)) throw error;
    interruption = error;
    return error.experiments;
  });
  const gate = gateOf(experiments, baseline);
  if (json) printJson(experiments.map((experiment) => withBaseline(summaryOf(experiment), gate)));
  const [first] = experiments;
  if (first) {
    const text = [textTargets(experiments).trimEnd(), ...baselineText(gate)].join('\n\n');
    const path = join(dirname(first.directory), `${first.name}-comparison`);
    await writeFile(`${path}.txt`, `${text}\n`);
    await writeFile(`${path}.svg`, plotToSvg(plotTargets(experiments)));
    if (!json) print(`\n${text}`);
    say(`The comparison is in ${relative(process.cwd(), path)}.txt, its picture in ${relative(process.cwd(), path)}.svg`);
  }
  const failed = experiments.filter(({ manifest }) => manifest.status !== 'done');
  for (const { name, manifest } of failed)
    say(`${name} on ${manifest.target.name} ${manifest.status}: ${manifest.reason ?? 'no reason was noted'}`);
  sayWhatIsKept(experiments);
  // What a threshold aborted is told with the thresholds.
  if (failed.some(({ manifest }) => manifest.status !== 'aborted')) process.exitCode = exitCodes.experimentFailed;
  await concludeGate(gate, files);
  if (interruption) throw interruption;
}
