import { type ColumnTable, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { flagColumn, numberColumn } from './columns.ts';
import { loadSpan } from './load-span.ts';

/**
 * How late the driver was, one row a run that was to be submitted after the warm-up, in order of the runs table.
 *
 * Columns: runIndex; dueSeconds and sentSeconds since the first submission that counts; lagSeconds = sent - due. A run that was never
 * sent (dropped) has NaN for sent and lag. In a burst every run is due at once, and the lag is the time that the submissions before it took.
 */
export function scheduleLag(experiment: Experiment): ColumnTable {
  const { runs } = experiment;
  const warmUp = flagColumn(runs, 'warmUp');
  const rows = Array.from(warmUp.keys()).filter((row) => warmUp[row] === 0);
  const pick = (name: string): Float64Array => {
    const column = numberColumn(runs, name);
    return Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  };
  const { originMs } = loadSpan(experiment);
  const dueMs = pick('dueMs');
  const sentMs = pick('sentMs');
  return table({
    runIndex: Int32Array.from(pick('runIndex')),
    dueSeconds: dueMs.map((ms) => (ms - originMs) / 1000),
    sentSeconds: sentMs.map((ms) => (ms - originMs) / 1000),
    lagSeconds: sentMs.map((ms, index) => (ms - (dueMs[index] ?? Number.NaN)) / 1000),
  });
}
