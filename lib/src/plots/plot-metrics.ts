import { numberColumn, textColumn } from '../analysis/columns.ts';
import { type LoopBreakdown, engineMetrics } from '../analysis/engine-metrics.ts';
import { formatSeconds, plural, threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { thinSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import { facetWidth, sideBySide } from './facets.ts';
import { type Labelled, labelExperiments } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type SpecPart } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { neutralColor, seriesColors } from './theme.ts';
import { timeAxisTitle } from './axes.ts';
import { markNotes, markedPanels, timeMarks } from './time-marks.ts';
import { timePanels } from './time-panels.ts';

/** Panels beyond this many are a wall. */
const mostPanels = 6;

/**
 * What the schedulers told of themselves: where one metric is the time of a loop (`total_..._ms`) and others are its parts, what that time
 * went to, a bar a part; else the metrics over time, a panel each, six at most. Several experiments stand side by side, on the same axes.
 */
export function plotMetrics(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotMetrics');
  const told = all.filter((experiment) => engineMetrics(experiment).figures.length > 0);
  if (told.length === 0) return emptyPlot(all, 'Metrics: the schedulers told nothing of themselves', options);
  const labelled = labelExperiments(told, options, options.facet);
  const loops = labelled.flatMap((each) => {
    const { loop } = engineMetrics(each.experiment);
    return loop ? [{ ...each, loop }] : [];
  });
  return loops.length === labelled.length ? plotLoops(all, loops, options) : plotOverTime(all, labelled, options);
}

function plotOverTime(all: readonly Experiment[], labelled: readonly Labelled[], options: PlotOptions): Plot {
  const metrics = [...new Set(labelled.flatMap(({ experiment }) => engineMetrics(experiment).figures.map(({ metric }) => metric)))];
  const names = metrics.slice(0, mostPanels);
  const facets = labelled.map(({ experiment, name }) => {
    const panels = names.map((metric, index) => ({
      name: `metric${index}_`,
      title: metric,
      data: thinSeries(seriesOf(experiment, metric), { by: 'largest', maxPoints: 120 }),
      height: 80,
    }));
    const first = Math.min(...panels.map(({ data: { times } }) => times[0] ?? Infinity));
    const last = Math.max(...panels.map(({ data: { times } }) => times.at(-1) ?? -Infinity));
    return { heading: name, panels: markedPanels(panels, timeMarks(experiment, [first, last])) };
  });
  const colors = Object.fromEntries(names.map((name, index) => [name, seriesColors[index] ?? neutralColor]));
  const notes = [
    ...(metrics.length > names.length ? [`The first ${names.length} of ${metrics.length} metrics.`] : []),
    ...markNotes(labelled),
  ];
  const timeTitle = timeAxisTitle(labelled.map(({ experiment }) => experiment));
  return framePlot(
    all,
    { title: `Metrics of the schedulers: ${names.join(', ')}`, notes },
    timePanels(facets, { plot: options, colors, timeTitle }),
    options,
  );
}

interface LabelledLoop extends Labelled {
  readonly loop: LoopBreakdown;
}

function plotLoops(all: readonly Experiment[], loops: readonly LabelledLoop[], options: PlotOptions): Plot {
  const parts = [...new Set(loops.flatMap(({ loop }) => loop.parts.map(({ name }) => name)))];
  const longest = Math.max(...loops.flatMap(({ loop }) => loop.parts.map(({ seconds }) => seconds)));
  const width = facetWidth(loops.length, options.width) - namesWidth;
  const bodies = loops.map(({ name, loop }) => [name, loopBody(loop, { parts, longest, width, options })] as const);
  const most = ({ parts: shares }: LoopBreakdown) => shares.reduce((largest, part) => (part.ratio > largest.ratio ? part : largest));
  const words = ({ loop }: LabelledLoop): string =>
    `Scheduler ${loop.name}: ${threeDigits(100 * most(loop).ratio)} % of ${formatSeconds(loop.totalSeconds)} is ${most(loop).name}`;
  const note = ({ loop, name }: LabelledLoop): string =>
    `${loops.length === 1 ? '' : `${name}: `}${plural(loop.count, loop.name)}, ${formatSeconds(loop.meanSeconds)} each on average, ${formatSeconds(loop.maxSeconds)} at most.`;
  const [first] = loops;
  const title = first && loops.length === 1 ? words(first) : `What ${loops.length} schedulers spent their time on`;
  return framePlot(all, { title, notes: loops.map(note) }, sideBySide(bodies, { width }), options);
}

/** Pixels that the names of the parts take beside the bars, beyond those of an axis of numbers. */
const namesWidth = 80;

interface LoopAxes {
  readonly parts: readonly string[];
  readonly longest: number;
  readonly width: number;
  readonly options: PlotOptions;
}

function loopBody({ name, parts: shares }: LoopBreakdown, { parts: domain, longest, width, options }: LoopAxes): SpecPart {
  const rows = shares.map(({ name: part, seconds, ratio }) => ({
    part,
    seconds: Number(seconds.toPrecision(5)),
    percent: Number((100 * ratio).toPrecision(4)),
    label: `${formatSeconds(seconds)} (${threeDigits(100 * ratio)} %)`,
  }));
  const y = { field: 'part', type: 'nominal', title: null, scale: { domain }, axis: { labelLimit: 180, minExtent: 120 } };
  // Room for the label behind the longest bar.
  const x = {
    field: 'seconds',
    type: 'quantitative',
    title: `seconds of all ${name}s together`,
    axis: { grid: true, tickCount: 5 },
    scale: { domain: [0, Number((longest * (1 + labelPixels / width)).toPrecision(4))], nice: false },
  };
  // The bars are named beside them: only what is left over has another colour.
  const color = (part: string, index: number): string =>
    options.palette?.[part] ?? (index === domain.length - 1 ? neutralColor : seriesColors[0]);
  return {
    width,
    height: options.height ?? { step: 34 },
    data: { values: rows },
    layer: [
      {
        mark: { type: 'bar', height: 20 },
        encoding: {
          y,
          x,
          color: { field: 'part', type: 'nominal', scale: { domain, range: domain.map(color) }, legend: null },
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
}

/** Pixels that a label behind a bar takes. */
const labelPixels = 130;

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
