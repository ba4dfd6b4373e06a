import { numberColumn, textColumn } from '../analysis/columns.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { tableGrowthOf, tablesFigures } from '../analysis/table-growth.ts';
import { type AlignedSeries, thinSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import { timeAxisTitle } from './axes.ts';
import { figureOfAny, labelExperiments } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { markNotes, markedPanels, timeMarks } from './time-marks.ts';
import { colorsOfMany } from './theme.ts';
import type { TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';

/** More curves are told apart by nobody. */
const mostTables = 5;

/**
 * The engine's largest tables over time: what they take with their indexes, and row versions in them that vacuum has yet to remove. Several experiments
 * stand side by side, on the same axes; those of which no table was read are left out.
 */
export function plotTables(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotTables');
  const read = all.filter(({ tableSizes }) => tableSizes.numRows() > 0);
  if (read.length === 0) return emptyPlot(all, 'Tables: none was read', options);
  const labelled = labelExperiments(read, options, options.facet);
  const facets = labelled.map(({ experiment, name }) => ({
    heading: name,
    panels: markedPanels(panelsOf(experiment), timeMarks(experiment)),
  }));
  const names = [...new Set(read.flatMap(largestTables))];
  const colors = Object.fromEntries(names.map((name, index) => [name, colorsOfMany(names.length)[index] ?? '']));
  const megabytes = (experiment: Experiment): number => tablesFigures(experiment).bytesEnd / 1e6;
  const title = `Tables with their indexes, at the end: ${figureOfAny(labelled, megabytes, (value) => `${threeDigits(value)} MB`)}`;
  return framePlot(
    all,
    { title, notes: markNotes(labelled) },
    timePanels(facets, { plot: options, colors, timeTitle: timeAxisTitle(read) }),
    options,
  );
}

function largestTables(experiment: Experiment): readonly string[] {
  return textColumn(tableGrowthOf(experiment), 'table').slice(0, mostTables);
}

function panelsOf(experiment: Experiment): readonly TimePanel[] {
  const { tableSizes } = experiment;
  const [table, index] = [numberColumn(tableSizes, 'tableBytes'), numberColumn(tableSizes, 'indexBytes')];
  const megabytes = table.map((bytes, row) => (bytes + (index[row] as number)) / 1e6);
  const panel = (name: string, title: string, values: Float64Array, height: number): TimePanel => ({
    name,
    title,
    data: thinSeries(seriesOf(experiment, values), { by: 'last', maxPoints: 100 }),
    mark: 'line',
    height,
  });
  return [
    panel('size', 'table and indexes (MB)', megabytes, 150),
    panel('dead', 'dead row versions', numberColumn(tableSizes, 'deadTuples'), 120),
  ];
}

/** A column of the readings by table, as series over time. */
function seriesOf(experiment: Experiment, values: Float64Array): AlignedSeries {
  const { tableSizes } = experiment;
  const { originMs } = loadSpan(experiment);
  const atMs = numberColumn(tableSizes, 'atMs');
  const names = textColumn(tableSizes, 'table');
  const times = Float64Array.from(new Set(atMs)).sort();
  const placeOf = new Map(Array.from(times, (ms, place) => [ms, place]));
  const series = Object.fromEntries(largestTables(experiment).map((name) => [name, new Float64Array(times.length).fill(Number.NaN)]));
  for (const [row, name] of names.entries()) {
    const of = series[name];
    if (of) of[placeOf.get(atMs[row] as number) ?? -1] = values[row] as number;
  }
  return { times: times.map((ms) => (ms - originMs) / 1000), values: series };
}
