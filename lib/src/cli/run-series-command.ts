import { relative } from 'node:path';
import { benchSides } from '../analysis/bench-comparison.ts';
import { capacityOf } from '../analysis/capacity.ts';
import { type Baseline, type Gate, gateOf } from '../analysis/gate.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import { shrinkOf } from '../analysis/shrink.ts';
import { textSeries } from '../report/series-document.ts';
import { seriesSummary } from '../report/series-summary.ts';
import type { Series } from '../results/series.ts';
import { InterruptedError } from '../run/errors.ts';
import { writeSeriesReport } from '../run/write-series-report.ts';
import { saveGate } from '../run/save-gate.ts';
import { exitCodes } from './exit-codes.ts';
import { baselineText, concludeGate } from './gate.ts';
import type { GateFiles } from './gate-files.ts';
import { print, printJson, say } from './output.ts';
import { sayWhatIsKept } from './run-and-print.ts';

/**
 * Runs a series, and prints and saves what came of it, also where it was interrupted; with `json` the series, or an array of the summaries
 * of its experiments, on stdout. The exit code says when an experiment did not end as done, a threshold does not hold, or a search has no
 * answer.
 */
export async function runAndPrintSeries(
  run: () => Promise<Series>,
  {
    json = false,
    baseline,
    ...files
  }: GateFiles & { readonly json?: false | 'series' | 'experiments'; readonly baseline?: Baseline | undefined },
): Promise<void> {
  let interruption: InterruptedError | undefined;
  const series = await run().catch((error: unknown) => {
    if (!(error instanceof InterruptedError && error.series)) throw error;
    interruption = error;
    return error.series;
  });
  const gate = await saveGate(gateOfSeries(series, baseline));
  if (json) printJson(json === 'series' ? seriesSummary(series) : gate.experiments.map(summaryOf));
  if (series.experiments.length > 0) {
    if (!json) print(`\n${[textSeries(series).trimEnd(), ...baselineText(gate)].join('\n\n')}`);
    say(
      `The ${series.record.kind} is in ${relative(process.cwd(), await writeSeriesReport(series))}, its experiments in ${relative(process.cwd(), series.directory)}/`,
    );
  }
  const failed = series.steps.filter(({ status }) => status === 'failed' || status === 'timed-out');
  for (const { label, round, status, reason } of failed) say(`${label}, round ${round} ${status}: ${reason ?? 'no reason was noted'}`);
  sayWhatIsKept(series.experiments);
  if (series.record.kind === 'shrink') concludeShrinking(series);
  else if (series.record.kind === 'capacity') concludeSearch(series);
  else {
    if (failed.length > 0) process.exitCode = exitCodes.experimentFailed;
    await concludeGate(gate, files);
  }
  if (interruption) throw interruption;
}

/** A search is there to break its objective: what its probes did not keep is no failure, an answer that it has not is. */
function concludeSearch(series: Series): void {
  const { ended } = capacityOf(series);
  if (ended !== 'found' && ended !== 'searching') process.exitCode = exitCodes.thresholdInconclusive;
}

/** Where nothing was lost or doubled there is no answer. */
function concludeShrinking(series: Series): void {
  const { smallest, ended } = shrinkOf(series);
  if (smallest) say(`The smallest config is in ${relative(process.cwd(), series.directory)}/smallest.yaml`);
  else if (ended === 'never shown') process.exitCode = exitCodes.thresholdInconclusive;
}

/** In a bench the first of its sides is the baseline of the second. */
function gateOfSeries(series: Series, baseline: Baseline | undefined): Gate {
  if (baseline || series.record.kind !== 'bench') return gateOf(series.experiments, baseline);
  const { a, b } = benchSides(series);
  return {
    experiments: series.experiments,
    comparisons: gateOf(b, { selection: `the other side of ${series.name}`, experiments: a }).comparisons,
  };
}
