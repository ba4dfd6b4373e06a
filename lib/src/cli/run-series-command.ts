import { relative } from 'node:path';
import { summaryOf } from '../analysis/saved-summary.ts';
import { textSeries } from '../report/series-document.ts';
import { seriesSummary } from '../report/series-summary.ts';
import type { Series } from '../results/series.ts';
import { InterruptedError } from '../run/errors.ts';
import { writeSeriesReport } from '../run/write-series-report.ts';
import { exitCodes } from './exit-codes.ts';
import { print, printJson, say } from './output.ts';
import { sayWhatIsKept } from './run-and-print.ts';

/**
 * Runs a series, and prints and saves what came of it, also where it was interrupted; with `json` the series, or an array of the summaries
 * of its experiments, on stdout. The exit code says when an experiment did not end as done.
 */
export async function runAndPrintSeries(
  run: () => Promise<Series>,
  { json = false }: { readonly json?: false | 'series' | 'experiments' },
): Promise<void> {
  let interruption: InterruptedError | undefined;
  const series = await run().catch((error: unknown) => {
    if (!(error instanceof InterruptedError && error.series)) throw error;
    interruption = error;
    return error.series;
  });
  if (json) printJson(json === 'series' ? seriesSummary(series) : series.experiments.map(summaryOf));
  if (series.experiments.length > 0) {
    if (!json) print(`\n${textSeries(series).trimEnd()}`);
    say(
      `The ${series.record.kind} is in ${relative(process.cwd(), await writeSeriesReport(series))}, its experiments in ${relative(process.cwd(), series.directory)}/`,
    );
  }
  const failed = series.steps.filter(({ status }) => status === 'failed' || status === 'timed-out');
  for (const { label, round, status, reason } of failed) say(`${label}, round ${round} ${status}: ${reason ?? 'no reason was noted'}`);
  sayWhatIsKept(series.experiments);
  if (interruption) throw interruption;
  if (failed.length > 0) process.exitCode = exitCodes.experimentFailed;
}
