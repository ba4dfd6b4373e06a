import { relative } from 'node:path';
import { summarize } from '../analysis/summarize.ts';
import { textTable } from '../report/text-table.ts';
import { experimentsTable } from '../report/value-lists.ts';
import { type FindExperimentsOptions, findExperiment, findExperiments } from '../results/find-experiments.ts';
import { fullText, reportPaths, writeReports } from '../run/write-reports.ts';

export async function printList({ json = false, ...filter }: FindExperimentsOptions & { readonly json?: boolean }): Promise<void> {
  const experiments = await findExperiments(filter);
  if (json) {
    process.stdout.write(`${JSON.stringify(experiments.map(summarize))}\n`);
  } else if (experiments.length === 0) {
    process.stderr.write('There is no experiment yet: orchlab run quick makes one\n');
  } else {
    process.stdout.write(`${textTable(experimentsTable(experiments), { limit: Number.POSITIVE_INFINITY })}\n`);
  }
}

export async function printSummary(name: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const experiment = await findExperiment(name);
  process.stdout.write(json ? `${JSON.stringify(summarize(experiment))}\n` : fullText(experiment));
}

export async function printReportPath(name: string): Promise<void> {
  const experiment = await findExperiment(name);
  await writeReports(experiment);
  process.stdout.write(`${relative(process.cwd(), reportPaths(experiment).html)}\n`);
}
