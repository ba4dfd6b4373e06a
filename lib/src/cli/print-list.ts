import { damageWords } from '../analysis/damage.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Summary } from '../analysis/summary.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { textTable } from '../report/text-table.ts';
import { setupLines, summariesTable } from '../report/value-lists.ts';
import type { Experiment } from '../results/experiment.ts';
import { type FindExperimentsOptions, findExperiments } from '../results/find-experiments.ts';
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
