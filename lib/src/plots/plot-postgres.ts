import { numberColumn } from '../analysis/columns.ts';
import { counterRate } from '../analysis/counter-rate.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { type AlignedSeries, thinSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import { threeDigits } from './format-seconds.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type PlotOptions } from './plot-frame.ts';
import { timePanels } from './time-panels.ts';
import { plotWidth, seriesColors } from './theme.ts';

const connectionColumns = {
  active: 'connectionsActive',
  idle: 'connectionsIdle',
  'idle in transaction': 'connectionsIdleInTransaction',
  'waiting for a lock': 'connectionsWaitingForLock',
} as const;

/** Connections by state, commits per second, and WAL written per second (MB, 1e6 bytes; of the whole server), on one time axis. */
export function plotPostgres(experiment: Experiment, options: PlotOptions = {}): Plot {
  const { width = plotWidth } = options;
  const { postgres } = experiment;
  if (postgres.numRows() === 0) return emptyPlot(experiment, { title: 'Postgres: not sampled' }, options);
  const { originMs, endMs } = loadSpan(experiment);
  const times = numberColumn(postgres, 'atMs').map((ms) => (ms - originMs) / 1000);
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
      { times, values: { [name]: counterRate(times, numberColumn(postgres, column), spanSeconds).map((rate) => rate / divisor) } },
      { by: 'mean' },
    );
  const commits = numberColumn(postgres, 'commits');
  const names = [...Object.keys(connectionColumns), 'commits', 'WAL'];
  const colors = Object.fromEntries(names.map((name, index) => [name, seriesColors[index % seriesColors.length] ?? seriesColors[0]]));
  const body = timePanels(
    [
      { name: 'connections', title: 'connections', unit: 'connections', data: connections, mark: 'step', height: 140, format: ',' },
      { name: 'commits', title: 'commits/s', unit: 'per s', data: rates('commits', 'commits', 1), height: 90 },
      { name: 'wal', title: 'WAL (MB/s)', unit: 'MB/s', data: rates('WAL', 'walBytes', 1e6), height: 90 },
    ],
    { width, colors },
  );
  const total = (commits.at(-1) ?? Number.NaN) - (commits[0] ?? Number.NaN);
  const title = Number.isNaN(total) ? 'Postgres' : `Postgres: ${threeDigits(total)} commits`;
  const notes = [`Rates are averaged over ${threeDigits(spanSeconds)} s.`];
  return framePlot(experiment, { title: options.title ?? title, notes }, body);
}
