import { join, relative } from 'node:path';
import { type ProbeResult, probeResult } from '../analysis/probe.ts';
import { summarize } from '../analysis/summarize.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { renderText } from '../report/document-text.ts';
import { lowestCeilingWords } from '../report/sections/ceilings.ts';
import { probeSection } from '../report/sections/probe.ts';
import { textConfiguration, textSummary } from '../report/text-summary.ts';
import { writeWhole } from '../results/write-whole.ts';
import { type Probe, probe } from '../run/probe.ts';
import { print, printJson, say } from './output.ts';
import { sayWhatIsKept } from './run-and-print.ts';

interface ProbeCommandOptions {
  readonly json?: boolean;
  readonly keepDatabase?: boolean;
  readonly signal: AbortSignal;
}

/** Runs an experiment, moves the setting that binds and runs it again; prints both, and whether the figure moved. */
export async function runProbe(config: PerfConfig, { json = false, keepDatabase = false, signal }: ProbeCommandOptions): Promise<void> {
  if (!json) print(textConfiguration(config));
  const probed = await probe(config, {
    signal,
    keepDatabase,
    onMove: ({ setting, from, to, ceiling }) => say(`${lowestCeilingWords(ceiling)}. Once more, with ${setting} ${to} in place of ${from}`),
  });
  const result = resultOf(probed);
  const summaries = { base: summarize(probed.base), ...(probed.moved && { moved: summarize(probed.moved.experiment) }) };
  if (json) printJson({ ...summaries, probe: result ?? null });
  else for (const summary of Object.values(summaries)) print(`\n${textSummary(summary).trimEnd()}`);
  sayWhatIsKept([probed.base, ...(probed.moved ? [probed.moved.experiment] : [])]);
  if (!result) {
    say(`Nothing was moved: the config bounds nothing of ${config.target} that a number sets.`);
    return;
  }
  const text = renderText([probeSection(result)]);
  if (!json) print(`\n${text}`);
  const path = `${probed.base.directory}-probe.txt`;
  await writeWhole(path, `${text}\n`);
  say(`The probe is in ${relative(process.cwd(), join(path))}`);
}

function resultOf({ base, moved }: Probe): ProbeResult | undefined {
  return moved && probeResult(base, moved.experiment, moved.move);
}
