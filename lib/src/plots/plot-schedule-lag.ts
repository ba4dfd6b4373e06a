import { arrival } from '../analysis/arrival.ts';
import { numberColumn } from '../analysis/columns.ts';
import { distributionByWindow } from '../analysis/distribution-by-window.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { scheduleLag } from '../analysis/schedule-lag.ts';
import { chooseWindowSeconds } from '../analysis/window-width.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, plural, type PlotOptions } from './plot-frame.ts';
import { timeAxisTitle } from './time-axis.ts';
import { timePanels } from './time-panels.ts';
import { percentileColors, plotWidth } from './theme.ts';

/** In a burst all runs are due in one moment: so many windows of the time that sending them took. */
const burstWindows = 20;
/** Shorter than this no time can be parted. */
const leastSeconds = 1e-3;

/** How late the driver sent the runs that were due (in a burst: sent) in each window: p50, p90, p99 and maximum of sent - due, in milliseconds. */
export function plotScheduleLag(experiment: Experiment, options: PlotOptions = {}): Plot {
  const { width = plotWidth } = options;
  const lags = scheduleLag(experiment);
  const isBurst = arrival(experiment).kind === 'burst';
  const atSeconds = numberColumn(lags, isBurst ? 'sentSeconds' : 'dueSeconds');
  const lagSeconds = numberColumn(lags, 'lagSeconds');
  const largest = lagSeconds.reduce((most, lag) => (lag > most ? lag : most), -Infinity);
  if (largest === -Infinity) return emptyPlot(experiment, { title: 'Schedule lag: no run was sent' }, options);
  const spanSeconds = atSeconds.reduce((most, at) => (at > most ? at : most), leastSeconds);
  const windowSeconds = isBurst ? spanSeconds / burstWindows : chooseWindowSeconds(spanSeconds);
  const windows = distributionByWindow({ atSeconds, values: lagSeconds, spanSeconds, windowSeconds });
  const starts = numberColumn(windows, 'startSeconds');
  const ends = numberColumn(windows, 'endSeconds');
  const milliseconds = (column: string): Float64Array => numberColumn(windows, column).map((seconds) => seconds * 1000);
  const body = timePanels(
    [
      {
        name: 'lag',
        title: 'schedule lag: sent - due (ms)',
        unit: 'ms',
        data: {
          times: starts.map((start, index) => (start + (ends[index] ?? start)) / 2),
          values: {
            p50: milliseconds('p50Seconds'),
            p90: milliseconds('p90Seconds'),
            p99: milliseconds('p99Seconds'),
            max: milliseconds('maxSeconds'),
          },
        },
        extra: { runs: numberColumn(windows, 'count') },
        dots: true,
        height: 160,
      },
    ],
    { width, timeTitle: timeAxisTitle(experiment), colors: percentileColors, span: [0, spanSeconds] },
  );
  const dropped = lagSeconds.filter((lag) => Number.isNaN(lag)).length;
  const notes = [
    isBurst
      ? 'All runs were due at once: the lag is the time that the submissions before each took.'
      : `Runs that were due in windows of ${windowSeconds} s.`,
    ...(dropped > 0 ? [`${plural(dropped, 'run')} never sent: not drawn.`] : []),
  ];
  return framePlot(
    experiment,
    { title: options.title ?? `Schedule lag: runs were sent at most ${formatSeconds(largest)} late`, notes },
    body,
  );
}
