import { figureOf } from '../analysis/figures.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { runLateness } from '../analysis/lateness-figures.ts';
import { logSecondsAxis } from './axes.ts';
import type { Curve } from './ecdf-curves.ts';
import { ecdfLayers } from './ecdf-layers.ts';
import { shareAxis } from './ecdf-share-axis.ts';
import { colorsOfLabels, figureOfAny, labelExperiments } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';
import { legendAboveTitle, plotWidth } from './theme.ts';

/** What began on time, or before, is drawn there. */
const resolutionSeconds = 0.001;

/**
 * The share of delayed runs that began at most so much later than they had asked to: a line an experiment. The vertical axis gives each tenth of what is left the
 * same room.
 */
export function plotLateness(experiments: OneOrMore, options: OverlayOptions = {}): Plot {
  const all = listOf(experiments, 'plotLateness');
  const labelled = labelExperiments(all, options, options.color);
  const curves = labelled
    .map(({ experiment, label, name }): Curve => ({
      name,
      label,
      sortedSeconds: runLateness(experiment)
        .filter((seconds) => !Number.isNaN(seconds))
        .map((seconds) => Math.max(seconds, resolutionSeconds))
        .toSorted(),
    }))
    .filter(({ sortedSeconds }) => sortedSeconds.length > 0);
  if (curves.length === 0) return emptyPlot(all, 'Lateness: no run had a delay (delay: in the config)', options);
  const low = Math.min(...curves.map(({ sortedSeconds }) => sortedSeconds[0] as number));
  const high = Math.max(low * 1.5, ...curves.map(({ sortedSeconds }) => sortedSeconds.at(-1) as number));
  const width = options.width ?? plotWidth;
  const colors = colorsOfLabels(labelled, options.palette);
  const layers = ecdfLayers(
    curves,
    {
      axis: 'tail',
      low,
      x: { field: 'seconds', ...logSecondsAxis(low, high, resolutionSeconds, 'later than asked (ms and s, log scale)', width) },
      y: {
        ...shareAxis('tail', Math.max(...curves.map(({ sortedSeconds }) => sortedSeconds.length))),
        title: 'share of delayed runs (%, tail stretched)',
      },
      color: {
        field: 'series',
        type: 'nominal',
        scale: { domain: Object.keys(colors), range: Object.values(colors) },
        legend: all.length === 1 ? null : { symbolType: 'stroke', symbolStrokeWidth: 3, ...legendAboveTitle },
      },
    },
    false,
  );
  const p50 = figureOfAny(labelled, (experiment) => figureOf(experiment, 'lateness.p50'), formatSeconds);
  return framePlot(
    all,
    { title: `Lateness of delayed runs, p50: ${p50}` },
    { width, height: options.height ?? 260, layer: layers },
    options,
  );
}
