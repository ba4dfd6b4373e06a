import { type ColumnTable, table } from 'arquero';
import type { Series } from '../results/series.ts';
import { combinationsOf, figureByCombination, settingsOf, sweepFigures } from './sweep-combinations.ts';

export interface SweepTableOptions {
  /** Names of the catalogue (`response.p99`). Default: throughput, response time, latency where it is the same in all engines, CPU a task, memory. */
  readonly figures?: readonly string[];
}

/**
 * What came of each combination of settings: one row a figure and combination.
 *
 * Columns: figure (with its unit), one of each setting by its dotted name, experiments (how many were counted: those that ended as done),
 * median, low, high and level: the interval of order statistics for the median, which has `level` (`medianInterval`; with fewer than 6
 * experiments it is their range, and `level` below 0.95). NaN where the figure is not known. Throws a RangeError when there is no figure of
 * a name.
 */
export function sweepTable(series: Series, options: SweepTableOptions = {}): ColumnTable {
  const combinations = combinationsOf(series);
  const rows = sweepFigures(combinations, options.figures).flatMap((figure) => figureByCombination(combinations, figure));
  const settings = [...settingsOf(combinations).keys()];
  return table({
    figure: rows.map(({ figure }) => (figure.unit === '' ? figure.title : `${figure.title} (${figure.unit})`)),
    ...Object.fromEntries(settings.map((name) => [name, rows.map(({ combination }) => combination.settings[name] ?? null)])),
    experiments: rows.map(({ values }) => values.length),
    median: rows.map(({ median }) => median.value),
    low: rows.map(({ median }) => median.low),
    high: rows.map(({ median }) => median.high),
    level: rows.map(({ values, median }) => (values.length > 1 ? median.level : Number.NaN)),
  });
}
