import { relative } from 'node:path';
import { damageWords } from '../analysis/damage.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Experiment } from '../results/experiment.ts';
import { findExperimentOrSeries } from '../results/find-series.ts';
import { textSeries } from '../report/series-document.ts';
import { seriesSummary } from '../report/series-summary.ts';
import { writeSeriesReport } from '../run/write-series-report.ts';
import { fullText, reportPaths, writeReports } from '../run/write-reports.ts';
import { exitCodes } from './exit-codes.ts';
import { print, printJson, say } from './output.ts';

export async function printSummary(name: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const found = await findExperimentOrSeries(name);
  if ('record' in found) {
    if (json) printJson(seriesSummary(found));
    else print(textSeries(found).trimEnd());
    return;
  }
  if (json) printJson(summaryOf(found));
  else print(fullText(found).trimEnd());
  noteDamage(found);
}

export async function printReportPath(name: string): Promise<void> {
  const found = await findExperimentOrSeries(name);
  if ('record' in found) {
    print(relative(process.cwd(), await writeSeriesReport(found)));
    return;
  }
  await writeReports(found);
  print(relative(process.cwd(), reportPaths(found).html));
  noteDamage(found);
}

/** Whoever reads only the exit code must not take what is left for what there was. */
function noteDamage(experiment: Experiment): void {
  const { damage } = summaryOf(experiment);
  if (damage === null) return;
  say(`orchlab: ${experiment.directory}: ${damageWords(damage)}`);
  process.exitCode = exitCodes.damagedResults;
}
