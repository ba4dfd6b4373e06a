import { quantileSorted } from 'd3-array';
import { formatSeconds } from '../analysis/format-figure.ts';
import { logBinEdges } from '../analysis/log-bins.ts';
import { type PhaseTimes, phaseTimes } from '../analysis/phase-times.ts';
import type { Experiment } from '../results/experiment.ts';
import { facetWidth, sideBySide } from './facets.ts';
import { colorsOfLabels, figureOfEach, labelExperiments } from './label-experiments.ts';
import type { LatencyAxes } from './latency-axes.ts';
import { phasePanels } from './latency-histograms.ts';
import { outlinePanels } from './latency-outlines.ts';
import { percentilesOf } from './latency-percentiles.ts';
import { facetGroups } from './overlay.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';

export interface PlotLatencyOptions extends OverlayOptions {
  /** Bars for a factor of ten in time. Default 24, of several experiments 12. */
  readonly binsPerDecade?: number;
}

/**
 * Histograms of how long finished tasks were in each phase, above each other on one logarithmic axis, with those of p50, p90 and p99 marked
 * that so many tasks can carry (see `distributionOf`). Of several experiments the outlines of their histograms, in percent of the tasks of each.
 *
 * Times too short to be told apart (under 1 ms where the engine records whole milliseconds, as DBOS does, else under 0.1 ms) share the
 * leftmost bar, as the subtitle then says.
 */
export function plotLatency(experiments: OneOrMore, options: PlotLatencyOptions = {}): Plot {
  const all = listOf(experiments, 'plotLatency');
  const known = all.filter((experiment) => phaseTimes(experiment).phases.length > 0);
  const [first] = known;
  if (!first) return emptyPlot(all, 'Time in each phase: no task finished', options);
  const phases = known.flatMap((experiment) => phaseTimes(experiment).phases);
  const resolutionSeconds = Math.max(...known.map((experiment) => phaseTimes(experiment).resolutionSeconds));
  const minimum = Math.min(...phases.map((phase) => phase.sortedSeconds[0] ?? 0));
  const maximum = Math.max(...phases.map((phase) => phase.sortedSeconds.at(-1) ?? 0));
  const binsPerDecade = options.binsPerDecade ?? (all.length === 1 ? 24 : 12);
  const axes: LatencyAxes = { edges: logBinEdges(minimum, maximum, { resolutionSeconds, binsPerDecade }), resolutionSeconds };
  const notes =
    minimum < resolutionSeconds
      ? [`The leftmost bar holds all times under ${formatSeconds(resolutionSeconds)}, too short to be told apart.`]
      : [];
  if (all.length === 1)
    return framePlot(all, { title: latencyTitle(phases), notes }, { vconcat: phasePanels(first, axes, options), spacing: 10 }, options);
  const labelled = labelExperiments(known, options, options.color);
  const groups = facetGroups(labelled, options);
  const colors = colorsOfLabels(labelled, options.palette);
  const width = facetWidth(groups.length, options.width);
  const bodies = groups.map(
    ([heading, members]) => [heading, { vconcat: outlinePanels(members, { ...axes, colors, width }, options), spacing: 10 }] as const,
  );
  return framePlot(
    all,
    { title: `Response time, half of the finished tasks within: ${figureOfEach(labelled, medianOf, formatSeconds)}`, notes },
    sideBySide(bodies, { width, shared: { resolve: { scale: { color: 'shared' } } } }),
    options,
  );
}

function medianOf(experiment: Experiment): number {
  const whole = phaseTimes(experiment).phases.find(({ name }) => name === 'response');
  return quantileSorted(whole?.sortedSeconds ?? [], 0.5) ?? Number.NaN;
}

/** For instance `Response time: half of the finished tasks within 1.9 s, 99 % within 3.4 s`. */
function latencyTitle(phases: readonly PhaseTimes[]): string {
  const whole = phases.find((phase) => phase.name === 'response');
  if (whole === undefined) return 'Time in each phase';
  const known = percentilesOf(whole.sortedSeconds);
  const shares = [
    ...known
      .filter(({ percentile }) => percentile === 'p50')
      .map(({ seconds }) => `half of the finished tasks within ${formatSeconds(seconds)}`),
    ...known.filter(({ percentile }) => percentile === 'p99').map(({ seconds }) => `99 % within ${formatSeconds(seconds)}`),
    ...(known.some(({ percentile }) => percentile === 'p99')
      ? []
      : [`all within ${formatSeconds(whole.sortedSeconds.at(-1) ?? Number.NaN)}`]),
  ];
  return `Response time: ${shares.join(', ')}`;
}
