import { join } from 'node:path';
import { saveSummary, summaryOf } from '../analysis/saved-summary.ts';
import { htmlReport } from '../report/html-report.ts';
import { printable } from '../report/printable.ts';
import { redact } from '../report/redact.ts';
import { textConfiguration, textSummary } from '../report/text-summary.ts';
import type { Experiment } from '../results/experiment.ts';
import { writeWhole } from '../results/write-whole.ts';

/** Where an experiment's reports are: the page in its directory, the summary beside it. */
export function reportPaths({ directory }: Pick<Experiment, 'directory'>): { readonly html: string; readonly text: string } {
  return { html: join(directory, 'report.html'), text: `${directory}.txt` };
}

/** Writes summary.json, report.html and the text summary of an experiment, each whole or not at all, the last two without paths or passwords; may be called again. */
export async function writeReports(experiment: Experiment): Promise<void> {
  const paths = reportPaths(experiment);
  await saveSummary(experiment);
  await writeWhole(paths.text, printable(redact(fullText(experiment))));
  await writeWhole(paths.html, htmlReport(experiment));
}

/** The configuration and the summary of an experiment, as printed and saved. */
export function fullText(experiment: Experiment): string {
  return `${textConfiguration(experiment.manifest.config)}\n\n${textSummary(summaryOf(experiment))}\n`;
}
