import { numberColumn } from '../analysis/columns.ts';
import { counterRate } from '../analysis/counter-rate.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { busyColumn, usableCores } from '../analysis/host-rates.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { type AlignedSeries, thinSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type PlotOptions } from './plot-frame.ts';
import { timeAxisTitle } from './time-axis.ts';
import { timePanels } from './time-panels.ts';
import { plotWidth, seriesColors } from './theme.ts';

/** From one reading to the next, which are half a second apart and a little more or less. */
const leastSpanSeconds = 0.4;

/** CPU of the machine, or of what this container may use of it (percent of those cores, over half a second), its load average, and the memory left, on one time axis. */
export function plotHost(experiment: Experiment, options: PlotOptions = {}): Plot {
  const { width = plotWidth } = options;
  const { host } = experiment;
  if (host.numRows() === 0) return emptyPlot(experiment, { title: 'Host: not sampled' }, options);
  const { originMs } = loadSpan(experiment);
  const cores = usableCores(experiment);
  const atMs = numberColumn(host, 'atMs');
  const times = atMs.map((ms) => (ms - originMs) / 1000);
  const percentOf = (column: string): Float64Array =>
    counterRate(atMs, numberColumn(host, column), leastSpanSeconds).map((ratio) => (ratio / cores) * 100);
  const busy = percentOf(busyColumn(experiment));
  const steal = percentOf('cpuStealSeconds');
  const isStolen = steal.some((value) => value > 0);
  const known: AlignedSeries['values'] = { 'CPU busy': busy, ...(isStolen && { 'CPU stolen': steal }) };
  const load = { 'load (1 min)': numberColumn(host, 'load1') };
  const memory = { 'memory available': numberColumn(host, 'memoryAvailableBytes').map((bytes) => bytes / 1e9) };
  const names = ['CPU busy', 'CPU stolen', 'load (1 min)', 'memory available'];
  const chosen = [seriesColors[0], seriesColors[5], seriesColors[1], seriesColors[2]];
  const body = timePanels(
    [
      {
        name: 'busy',
        unit: '% of all cores',
        title: `CPU (% of ${threeDigits(cores)} cores)`,
        data: thinSeries({ times, values: known }, { by: 'mean' }),
        height: 120,
      },
      { name: 'load', title: 'load average', data: thinSeries({ times, values: load }, { by: 'largest' }), height: 70 },
      { name: 'memory', title: 'memory left (GB)', unit: 'GB', data: thinSeries({ times, values: memory }, { by: 'mean' }), height: 70 },
    ],
    {
      width,
      timeTitle: timeAxisTitle(experiment),
      colors: Object.fromEntries(names.map((name, index) => [name, chosen[index] ?? seriesColors[0]])),
    },
  );
  const peak = busy.reduce((most, value) => (value > most ? value : most), 0);
  return framePlot(experiment, { title: options.title ?? `Host: CPU at most ${threeDigits(peak)} % busy` }, body);
}
