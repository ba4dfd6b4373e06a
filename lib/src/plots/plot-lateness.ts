import { figureOf } from '../analysis/figures.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { runLateness } from '../analysis/lateness-figures.ts';
import type { Curve } from './ecdf-curves.ts';
import { colorsOfLabels, figureOfAny, labelExperiments } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';
import { tailEcdf } from './tail-ecdf.ts';

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
  const picture = tailEcdf(
    curves,
    { colors: colorsOfLabels(labelled, options.palette), times: 'later than asked', of: 'delayed runs', resolutionSeconds },
    options,
  );
  const p50 = figureOfAny(labelled, (experiment) => figureOf(experiment, 'lateness.p50'), formatSeconds);
  return framePlot(all, { title: `Lateness of delayed runs, p50: ${p50}` }, picture, options);
}
