import { quantileSorted } from 'd3-array';
import { describeDuration } from '../config/task-duration.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { sortNumbers } from '../analysis/sort-numbers.ts';
import { executionsOf } from '../analysis/work-figures.ts';
import type { Experiment } from '../results/experiment.ts';
import { logSecondsAxis } from './axes.ts';
import type { Curve } from './ecdf-curves.ts';
import { ecdfLayers } from './ecdf-layers.ts';
import { shareAxis } from './ecdf-share-axis.ts';
import type { Plot } from './plot.ts';
import { type SpecPart, emptyPlot, framePlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { colorsOfMany, legendAboveTitle, plotWidth } from './theme.ts';

/** Less is no time that a task could wait or work: drawn at it. */
const leastSeconds = 0.001;

/** The share of executions that worked at most a given time, as asked (what the config drew for their tasks) and as done. */
export function plotWork(experiment: Experiment, options: PlotOptions = {}): Plot {
  const curves = [
    { name: 'asked', label: 'asked', sortedSeconds: sorted(experiment, 'askedSeconds') },
    { name: 'done', label: 'done', sortedSeconds: sorted(experiment, 'workSeconds') },
  ];
  const excess = sorted(experiment, 'excessSeconds');
  if (excess.length === 0) return emptyPlot([experiment], 'Work: no execution told its end', options);
  const title = `Work of ${describeDuration(experiment.manifest.config.duration)}: half of the executions took at most ${formatSeconds(quantileSorted(excess, 0.5) ?? Number.NaN)} more than asked`;
  return drawn(experiment, { curves, what: 'work of an execution', title, options });
}

/** The share of retries that began at most a given time after the attempt before had failed; a line where the config wants them. */
export function plotRetryDelay(experiment: Experiment, options: PlotOptions = {}): Plot {
  const delays = sorted(experiment, 'retryDelaySeconds');
  if (delays.length === 0) return emptyPlot([experiment], 'Retry delay: nothing was tried again', options);
  const asked = experiment.manifest.config.recovery?.retry_delay_seconds;
  const words = asked === undefined ? 'as the engine has it' : `${formatSeconds(asked)} asked`;
  const title = `Retry delay, ${words}: half within ${formatSeconds(quantileSorted(delays, 0.5) ?? Number.NaN)}, all within ${formatSeconds(delays.at(-1) ?? Number.NaN)}`;
  const curves = [{ name: 'retries', label: 'retries', sortedSeconds: delays }];
  return drawn(experiment, {
    curves,
    what: 'from the end of an attempt that failed to the next',
    title,
    options,
    ...(asked !== undefined && { mark: asked }),
  });
}

interface Drawing {
  readonly curves: readonly Curve[];
  readonly what: string;
  readonly title: string;
  readonly options: PlotOptions;
  /** A moment to draw a line at, seconds. */
  readonly mark?: number;
}

function drawn(experiment: Experiment, { curves, what, title, options, mark }: Drawing): Plot {
  const { width = plotWidth, height = 260 } = options;
  const all = curves.flatMap(({ sortedSeconds }) => [sortedSeconds[0] ?? 0, sortedSeconds.at(-1) ?? 0]);
  const low = Math.max(leastSeconds, Math.min(...all, mark ?? Infinity));
  const high = Math.max(low * 1.5, ...all, mark ?? 0);
  const labels = curves.map(({ label }) => label);
  const colors = colorsOfMany(labels.length).map((color, index) => options.palette?.[labels[index] ?? ''] ?? color);
  const x = { field: 'seconds', ...logSecondsAxis(low, high, leastSeconds, `${what} (ms and s, log scale)`, width) };
  const color = {
    field: 'series',
    type: 'nominal',
    scale: { domain: labels, range: colors },
    legend: labels.length > 1 ? { symbolType: 'stroke', symbolStrokeWidth: 3, ...legendAboveTitle } : null,
  };
  const axes = {
    axis: 'share' as const,
    low,
    x,
    y: { ...shareAxis('share', 0), title: `share of ${curves.length > 1 ? 'executions' : 'retries'} (%)` },
    color,
  };
  const rule: readonly SpecPart[] =
    mark === undefined
      ? []
      : [{ data: { values: [{ seconds: Math.max(mark, low) }] }, mark: { type: 'rule', strokeDash: [4, 3] }, encoding: { x } }];
  return framePlot([experiment], { title }, { width, height, layer: [...ecdfLayers(curves, axes, false), ...rule] }, options);
}

function sorted(experiment: Experiment, column: 'askedSeconds' | 'workSeconds' | 'excessSeconds' | 'retryDelaySeconds'): Float64Array {
  return sortNumbers((executionsOf(experiment).array(column) as Float64Array).filter((value) => !Number.isNaN(value)));
}
