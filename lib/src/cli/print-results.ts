import { relative } from 'node:path';
import { damageOf, damageWords } from '../analysis/damage.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import { summarize } from '../analysis/summarize.ts';
import type { Summary } from '../analysis/summary.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { textTable } from '../report/text-table.ts';
import { setupLines, summariesTable } from '../report/value-lists.ts';
import type { Experiment } from '../results/experiment.ts';
import { type FindExperimentsOptions, findExperiment, findExperiments } from '../results/find-experiments.ts';
import { fullText, reportPaths, writeReports } from '../run/write-reports.ts';
import { exitCodes } from './exit-codes.ts';
import { print, printJson, say } from './output.ts';

/** Prints what experiments there are; those that are damaged break nothing, and are named on stderr. */
export async function printList({ json = false, ...filter }: FindExperimentsOptions & { readonly json?: boolean }): Promise<void> {
  const found = await findExperiments({ ...filter, onDamaged: ({ message }) => say(message) });
  const summaries = found.flatMap(summariesOf);
  if (json) {
    printJson(summaries);
  } else if (summaries.length === 0) {
    say('There is no experiment yet: orchlab run quick makes one');
  } else {
    print(textTable(summariesTable(summaries), { limit: Number.POSITIVE_INFINITY }));
    print(`\n${setupLines(summaries).join('\n')}`);
  }
}

/** Says so where it can't, and where its figures are of less than there was. */
function summariesOf(experiment: Experiment): readonly Summary[] {
  try {
    const summary = summaryOf(experiment);
    if (summary.damage) say(`${experiment.directory}: ${damageWords(summary.damage)}`);
    return [summary];
  } catch (error) {
    say(`${experiment.directory}: no figures can be made of it: ${reasonOf(error)}`);
    return [];
  }
}

export async function printSummary(name: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const experiment = await findExperiment(name);
  if (json) printJson(summarize(experiment));
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
  const damage = damageOf(experiment);
  if (!damage) return;
  say(`orchlab: ${experiment.directory}: ${damageWords(damage)}`);
  process.exitCode = exitCodes.damagedResults;
}
