import { damageWords } from '../analysis/damage.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Summary } from '../analysis/summary.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { textTable } from '../report/text-table.ts';
import { seriesTable, setupLines, summariesTable } from '../report/value-lists.ts';
import type { Experiment } from '../results/experiment.ts';
import { type FindExperimentsOptions, findExperiments } from '../results/find-experiments.ts';
import { findAllSeries, seriesNameOf } from '../results/find-series.ts';
import type { DamagedResultsError } from '../results/read-record.ts';
import { print, printJson, say } from './output.ts';

interface ListOptions extends Pick<FindExperimentsOptions, 'config' | 'target' | 'last'> {
  readonly json?: boolean;
}

/**
 * Prints what experiments there are, a series of them as one row, oldest first; with `json` all of them. Those that are damaged break nothing,
 * and are named on stderr.
 */
export async function printList({ json = false, last = Number.POSITIVE_INFINITY, ...filter }: ListOptions): Promise<void> {
  const onDamaged = ({ message }: DamagedResultsError): void => say(message);
  if (json) {
    const found = await findExperiments({ ...filter, onDamaged, ...(Number.isFinite(last) && { last }) });
    printJson(
      found.flatMap((experiment) => summariesOf(experiment).map((summary) => ({ ...summary, series: seriesNameOf(experiment) ?? null }))),
    );
    return;
  }
  const [experiments, series] = await Promise.all([
    findExperiments({ ...filter, withinSeries: false, onDamaged }),
    findAllSeries({ onDamaged }),
  ]);
  const fitting = series.filter(({ record, experiments: own }) => {
    const isOfTarget = filter.target === undefined || own.some(({ manifest }) => manifest.target.name === filter.target);
    return isOfTarget && (filter.config === undefined || record.config === filter.config);
  });
  const starts = [
    ...experiments.map(({ manifest }) => manifest.times.startedMs),
    ...fitting.map(({ record }) => record.startedMs),
  ].toSorted((a, b) => b - a);
  const earliest = starts[last - 1] ?? Number.NEGATIVE_INFINITY;
  const summaries = experiments.filter(({ manifest }) => manifest.times.startedMs >= earliest).flatMap(summariesOf);
  const listed = fitting.filter(({ record }) => record.startedMs >= earliest);
  if (summaries.length + listed.length === 0) say('There is no experiment yet: orchlab run quick makes one');
  if (summaries.length > 0) {
    print(textTable(summariesTable(summaries), { limit: Number.POSITIVE_INFINITY }));
    print(`\n${setupLines(summaries).join('\n')}`);
  }
  if (listed.length > 0) print(`${summaries.length > 0 ? '\n' : ''}${textTable(seriesTable(listed), { limit: Number.POSITIVE_INFINITY })}`);
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
