import { numberColumn, textColumn } from '../analysis/columns.ts';
import { type LoopBreakdown, engineMetrics } from '../analysis/engine-metrics.ts';
import { formatSeconds, threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { thinSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, plural, type PlotOptions, type SpecPart } from './plot-frame.ts';
import { neutralColor, plotWidth, seriesColors } from './theme.ts';
import { timeAxisTitle } from './time-axis.ts';
import { timePanels } from './time-panels.ts';

/** Panels beyond this many are a wall. */
const mostPanels = 6;

/**
 * What the schedulers told of themselves: where one metric is the time of a loop (`total_..._ms`) and others are its parts, what that time
 * went to, a bar a part; else the metrics over time, a panel each, six at most.
 */
export function plotMetrics(experiment: Experiment, options: PlotOptions = {}): Plot {
  const { figures, loop } = engineMetrics(experiment);
  if (figures.length === 0) return emptyPlot(experiment, { title: 'Metrics: the schedulers told nothing of themselves' }, options);
  if (loop) return plotLoop(experiment, loop, options);
  const names = figures.slice(0, mostPanels).map(({ metric }) => metric);
  const { width = plotWidth } = options;
  const panels = names.map((metric, index) => ({
    name: `metric${index}`,
    title: metric,
    data: thinSeries(seriesOf(experiment, metric), { by: 'largest' }),
    height: 80,
    dots: true,
  }));
  const colors = Object.fromEntries(names.map((name, index) => [name, seriesColors[index] ?? neutralColor]));
  const more = figures.length > names.length ? [`The first ${names.length} of ${figures.length} metrics.`] : [];
  const title = options.title ?? `Metrics of the schedulers: ${names.join(', ')}`;
  return framePlot(experiment, { title, notes: more }, timePanels(panels, { width, colors, timeTitle: timeAxisTitle(experiment) }));
}

function plotLoop(experiment: Experiment, loop: LoopBreakdown, { width = plotWidth, title }: PlotOptions): Plot {
  const { name, count, totalSeconds, meanSeconds, maxSeconds, parts } = loop;
  const rows = parts.map(({ name: part, seconds, ratio }) => ({
    part,
    seconds: Number(seconds.toPrecision(5)),
    percent: Number((100 * ratio).toPrecision(4)),
    label: `${formatSeconds(seconds)} (${threeDigits(100 * ratio)} %)`,
  }));
  const domain = rows.map(({ part }) => part);
  const longest = Math.max(...rows.map(({ seconds }) => seconds));
  const y = { field: 'part', type: 'nominal', title: null, sort: domain, axis: { labelLimit: 180, minExtent: 120 } };
  // Room for the label behind the longest bar.
  const x = {
    field: 'seconds',
    type: 'quantitative',
    title: `seconds of all ${name}s together`,
    axis: { grid: true, tickCount: 5 },
    scale: { domain: [0, Number((longest * 1.25).toPrecision(4))], nice: false },
  };
  const colors = domain.map((_, index) =>
    index === domain.length - 1 ? neutralColor : (seriesColors[index % seriesColors.length] ?? neutralColor),
  );
  const body: SpecPart = {
    width: width - 80,
    height: { step: 34 },
    data: { values: rows },
    layer: [
      {
        mark: { type: 'bar', height: 20 },
        encoding: {
          y,
          x,
          color: { field: 'part', type: 'nominal', scale: { domain, range: colors }, legend: null },
          tooltip: [
            { field: 'part', type: 'nominal' },
            { field: 'seconds', type: 'quantitative', title: 'seconds', format: ',.4~r' },
            { field: 'percent', type: 'quantitative', title: `% of all ${name}s`, format: ',.3~r' },
          ],
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 6, fontSize: 12 },
        encoding: { y, x, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
  const most = parts.reduce((largest, part) => (part.ratio > largest.ratio ? part : largest));
  const words = `Scheduler ${name}: ${threeDigits(100 * most.ratio)} % of ${formatSeconds(totalSeconds)} is ${most.name}`;
  const notes = [`${plural(count, name)}, ${formatSeconds(meanSeconds)} each on average, ${formatSeconds(maxSeconds)} at most.`];
  return framePlot(experiment, { title: title ?? words, notes }, body);
}

/** All schedulers together, in the order of time. */
function seriesOf(experiment: Experiment, metric: string): { readonly times: Float64Array; readonly values: Record<string, Float64Array> } {
  const { originMs } = loadSpan(experiment);
  const atMs = numberColumn(experiment.metrics, 'atMs');
  const values = numberColumn(experiment.metrics, 'value');
  const names = textColumn(experiment.metrics, 'metric');
  const rows = Array.from(names.keys())
    .filter((row) => names[row] === metric && Number.isFinite(atMs[row]))
    .sort((a, b) => (atMs[a] ?? 0) - (atMs[b] ?? 0));
  return {
    times: Float64Array.from(rows, (row) => ((atMs[row] ?? Number.NaN) - originMs) / 1000),
    values: { [metric]: Float64Array.from(rows, (row) => values[row] ?? Number.NaN) },
  };
}
