import { type ColumnTable, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { type Distribution, distribution } from './distribution.ts';
import { frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';

/**
 * How late the driver was, one row a run that was to be submitted after the warm-up, in order of the runs table.
 *
 * Columns: runIndex; dueSeconds and sentSeconds since the first submission that counts; lagSeconds = sent - due. A run that was never
 * sent (dropped) has NaN for sent and lag. In a burst every run is due at once, and the lag is the time that the submissions before it took.
 */
export const scheduleLag = perExperiment((experiment: Experiment): ColumnTable => {
  const { runs } = frameOf(experiment);
  const { originMs } = loadSpan(experiment);
  const pick = <T extends Float64Array | Int32Array>(values: T): T => values.filter((_, row) => runs.warmUp[row] === 0) as T;
  const dueMs = pick(runs.dueMs);
  const sentMs = pick(runs.sentMs);
  return table({
    runIndex: pick(runs.runIndex),
    dueSeconds: dueMs.map((ms) => (ms - originMs) / 1000),
    sentSeconds: sentMs.map((ms) => (ms - originMs) / 1000),
    lagSeconds: sentMs.map((ms, index) => (ms - (dueMs[index] ?? Number.NaN)) / 1000),
  });
});

/** The lag in brief. */
export const lagDistribution = perExperiment((experiment: Experiment): Distribution =>
  distribution(numberColumn(scheduleLag(experiment), 'lagSeconds')),
);
