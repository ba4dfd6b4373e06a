import { numberColumn } from '../analysis/columns.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { busyColumn, usableCores } from '../analysis/host-rates.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { thinSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import { labelExperiments, figureOfEach } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { alignSteps, rateSteps, windowEdges } from './steps.ts';
import { timeAxisTitle } from './axes.ts';
import { markNotes, markedPanels, timeMarks } from './time-marks.ts';
import type { TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';
import { seriesColors } from './theme.ts';

/** A rate takes three readings, which are half a second apart and a little more or less. */
const leastWindowSeconds = 1;

const colors = {
  'CPU busy': seriesColors[0],
  'CPU stolen': seriesColors[5],
  'load (1 min)': seriesColors[1],
  'memory available': seriesColors[2],
} as const;

/**
 * CPU of the machine, or of what this container may use of it (percent of those cores, over windows of a second or more), its load average,
 * and the memory left, on one time axis. Several experiments stand side by side, on the same axes. Where one stalled is marked.
 */
export function plotHost(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotHost');
  const sampled = all.filter(({ host }) => host.numRows() > 0);
  if (sampled.length === 0) return emptyPlot(all, 'Host: not sampled', options);
  const labelled = labelExperiments(sampled, options, options.facet);
  const facets = labelled.map(({ experiment, name }) => ({
    heading: name,
    panels: markedPanels(panelsOf(experiment), timeMarks(experiment)),
  }));
  const peak = (experiment: Experiment): number =>
    percentSteps(experiment, busyColumn(experiment)).values.reduce(
      (most, value) => (Number.isNaN(value) || value <= most ? most : value),
      Number.NaN,
    );
  const percent = (value: number): string => (Number.isNaN(value) ? 'not known' : `${threeDigits(value)} %`);
  const [first] = sampled;
  const words =
    labelled.length === 1 && first
      ? `CPU at most ${percent(peak(first))} busy`
      : `CPU busy at most: ${figureOfEach(labelled, peak, percent)}`;
  return framePlot(
    all,
    { title: `Host: ${words}`, notes: markNotes(labelled) },
    timePanels(facets, { plot: options, colors, timeTitle: timeAxisTitle(sampled) }),
    options,
  );
}

function panelsOf(experiment: Experiment): readonly TimePanel[] {
  const { host } = experiment;
  const { originMs } = loadSpan(experiment);
  const times = numberColumn(host, 'atMs').map((ms) => (ms - originMs) / 1000);
  const busy = percentSteps(experiment, busyColumn(experiment));
  const steal = percentSteps(experiment, 'cpuStealSeconds');
  const isStolen = steal.values.some((value) => value > 0);
  const cores = threeDigits(usableCores(experiment));
  const load = { 'load (1 min)': numberColumn(host, 'load1') };
  const memory = { 'memory available': numberColumn(host, 'memoryAvailableBytes').map((bytes) => bytes / 1e9) };
  return [
    {
      name: 'busy',
      unit: '% of all cores',
      title: `CPU (% of ${cores} cores)`,
      data: alignSteps({ 'CPU busy': busy, ...(isStolen && { 'CPU stolen': steal }) }),
      mark: 'step',
      height: 120,
    },
    { name: 'load', title: 'load average', data: thinSeries({ times, values: load }, { by: 'largest', maxPoints: 120 }), height: 70 },
    {
      name: 'memory',
      title: 'memory left (GB)',
      unit: 'GB',
      data: thinSeries({ times, values: memory }, { by: 'mean', maxPoints: 120 }),
      height: 70,
    },
  ];
}

function percentSteps(experiment: Experiment, column: 'cgroupCpuSeconds' | 'cpuBusySeconds' | 'cpuStealSeconds') {
  const atMs = numberColumn(experiment.host, 'atMs');
  const { originMs } = loadSpan(experiment);
  const at = (ms: number | undefined): number => ((ms ?? originMs) - originMs) / 1000;
  const edges = windowEdges(at(atMs[0]), at(atMs.at(-1)), { leastSeconds: leastWindowSeconds });
  const { values } = rateSteps(atMs, numberColumn(experiment.host, column), edges, originMs);
  return { edges, values: values.map((ratio) => (ratio / usableCores(experiment)) * 100) };
}
