import { rm } from 'node:fs/promises';
import { PhaseHistograms, histogramWindowSeconds } from '../results/phase-histograms.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';
import { collectTasks } from './collect-tasks.ts';
import type { Measured, MeasureParts } from './measure.ts';

const metricsLimitSeconds = 60;

/** Collect: stops the engine, and writes what became of every task, and what the engine told of itself. */
export async function collect(
  { config, target, schedulers, rows, keeper, ending, live, evidence }: MeasureParts,
  { runs, clocks, originMs, cutShortMs }: Measured,
): Promise<void> {
  live.step = 'stopping the engine';
  // First, so that nothing changes while the tasks are read.
  await keeper.warn(...(await schedulers.stop()));
  live.step = 'collecting the tasks';
  const comparison = clocks.comparison(target);
  await keeper.update(comparison ? { clock: comparison } : {});
  await keeper.warn(...clocks.warnings(target));
  const toDriverClock = clocks.correction(target);
  const histograms = new PhaseHistograms({ originMs, windowSeconds: histogramWindowSeconds((clock.nowMs() - originMs) / 1000) });
  const { ledger, failure, surplus, warnings } = await collectTasks(target.readTasks(), runs, rows, {
    evidence,
    histograms,
    ...(cutShortMs !== undefined && { overMs: cutShortMs }),
    ...(toDriverClock && { toDriverClock }),
    onRows: (count) => (live.step = `collecting the tasks: ${count.toLocaleString('en-US')} so far`),
    lossIsFinding: config.faults !== undefined,
    signal: ending.lost,
  });
  for (const row of histograms.rows()) rows.emit('histograms', row);
  await keeper.update({ ledger });
  await withLimit(readMetrics(), metricsLimitSeconds, 'reading what the engine told of itself', ending.lost);
  // An end that has a reason already keeps it; what is lost then the ledger says.
  if (surplus !== '' && ending.outcome?.status !== 'done') await keeper.warn(`At the end ${surplus}.`);
  if (failure !== '') ending.end('failed', failure);
  await keeper.warn(...warnings);
  // What it says is in the tasks table now. Where something is odd it stays, to be looked at.
  if ((failure === '' && warnings.length === 0) || ledger.duplicates === null) await rm(evidence.path, { force: true });

  async function readMetrics(): Promise<void> {
    for await (const batch of target.readMetrics?.() ?? []) for (const row of batch) rows.emit('metrics', row);
  }
}
