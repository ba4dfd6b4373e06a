import { relative } from 'node:path';
import { damageWords } from '../analysis/damage.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Experiment } from '../results/experiment.ts';
import { findExperiment } from '../results/find-experiments.ts';
import { fullText, reportPaths, writeReports } from '../run/write-reports.ts';
import { exitCodes } from './exit-codes.ts';
import { print, printJson, say } from './output.ts';

export async function printSummary(name: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const experiment = await findExperiment(name);
  if (json) printJson(summaryOf(experiment));
  else print(fullText(experiment).trimEnd());
  noteDamage(experiment);
}

export async function printReportPath(name: string): Promise<void> {
  const experiment = await findExperiment(name);
  await writeReports(experiment);
  print(relative(process.cwd(), reportPaths(experiment).html));
  noteDamage(experiment);
}

/** Whoever reads only the exit code must not take what is left for what there was. */
function noteDamage(experiment: Experiment): void {
  const { damage } = summaryOf(experiment);
  if (damage === null) return;
  say(`orchlab: ${experiment.directory}: ${damageWords(damage)}`);
  process.exitCode = exitCodes.damagedResults;
}
