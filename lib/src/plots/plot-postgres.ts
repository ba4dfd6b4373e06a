import { numberColumn } from '../analysis/columns.ts';
import { counterRate } from '../analysis/counter-rate.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { type AlignedSeries, thinSeries } from '../analysis/thin-series.ts';
import { waitSeries } from '../analysis/wait-series.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type PlotOptions } from './plot-frame.ts';
import { timeAxisTitle } from './time-axis.ts';
import { type TimePanel, timePanels } from './time-panels.ts';
import { neutralColor, plotWidth, seriesColors } from './theme.ts';

const connectionColumns = {
  active: 'connectionsActive',
  idle: 'connectionsIdle',
  'idle in transaction': 'connectionsIdleInTransaction',
  'waiting for a lock': 'connectionsWaitingForLock',
} as const;

/**
 * Connections by state, what the active ones waited for, commits per second, WAL written per second (MB, 1e6 bytes; of the whole
 * server), and the dead tuples and size of the engine's tables, on one time axis.
 */
export function plotPostgres(experiment: Experiment, options: PlotOptions = {}): Plot {
  const { width = plotWidth } = options;
  const { postgres } = experiment;
  if (postgres.numRows() === 0) return emptyPlot(experiment, { title: 'Postgres: not sampled' }, options);
  const { originMs, endMs } = loadSpan(experiment);
  const atMs = numberColumn(postgres, 'atMs');
  const times = atMs.map((ms) => (ms - originMs) / 1000);
  const connections = thinSeries(
    {
      times,
      values: Object.fromEntries(Object.entries(connectionColumns).map(([name, column]) => [name, numberColumn(postgres, column)])),
    },
    { by: 'largest' },
  );
  // Backends publish their counters about once a second: rates over less show that rhythm, not the load's.
  const spanSeconds = Math.min(2, Math.max(0.5, (endMs - originMs) / 4000));
  const rates = (name: string, column: string, divisor: number): AlignedSeries =>
    thinSeries(
      { times, values: { [name]: counterRate(atMs, numberColumn(postgres, column), spanSeconds).map((rate) => rate / divisor) } },
      { by: 'mean' },
    );
  // Read more rarely than the rest: a panel of what is known, or none.
  const known = (name: string, title: string, series: string, column: string, divisor: number): TimePanel[] => {
    if (!postgres.columnNames().includes(column)) return [];
    const values = numberColumn(postgres, column);
    const at = times.filter((_, row) => !Number.isNaN(values[row]));
    const data = { times: at, values: { [series]: values.filter((value) => !Number.isNaN(value)).map((value) => value / divisor) } };
    return at.length === 0 ? [] : [{ name, title, data: thinSeries(data, { by: 'last', maxPoints: 60 }), height: 90 }];
  };
  const commits = numberColumn(postgres, 'commits');
  const waits = thinSeries(waitSeries(experiment, originMs), { by: 'mean', maxPoints: 120 });
  const names = [...Object.keys(connectionColumns), 'commits', 'WAL', 'dead tuples', 'size of tables'];
  const colorsOf = (all: readonly string[]): Record<string, string> =>
    Object.fromEntries(all.map((name, index) => [name, seriesColors[index % seriesColors.length] ?? seriesColors[0]]));
  const colors = { ...colorsOf(names), ...colorsOf(Object.keys(waits.values)), 'other waits': neutralColor };
  const body = timePanels(
    [
      { name: 'connections', title: 'connections', unit: 'connections', data: connections, mark: 'step', height: 140, format: ',' },
      ...(experiment.waits.numRows() > 0
        ? [
            {
              name: 'waits',
              title: 'active connections by wait event',
              unit: 'connections',
              data: waits,
              mark: 'area',
              height: 110,
            } as const,
          ]
        : []),
      { name: 'commits', title: 'commits/s', unit: 'per s', data: rates('commits', 'commits', 1), height: 90 },
      { name: 'wal', title: 'WAL (MB/s)', unit: 'MB/s', data: rates('WAL', 'walBytes', 1e6), height: 90 },
      ...known('dead', 'dead tuples in the tables', 'dead tuples', 'deadTuples', 1),
      ...known('size', 'size of the tables (MB)', 'size of tables', 'tablesBytes', 1e6),
    ],
    { width, timeTitle: timeAxisTitle(experiment), colors },
  );
  const total = (commits.at(-1) ?? Number.NaN) - (commits[0] ?? Number.NaN);
  const title = Number.isNaN(total) ? 'Postgres' : `Postgres: ${threeDigits(total)} commits`;
  const notes = [`Rates are averaged over ${threeDigits(spanSeconds)} s.`];
  return framePlot(experiment, { title: options.title ?? title, notes }, body);
}
