import { quantileSorted } from 'd3-array';
import { carries } from '../statistics/carries.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { phaseTimes } from '../analysis/phase-times.ts';
import type { Experiment } from '../results/experiment.ts';
import { type PhaseName, phaseOf } from '../results/phases.ts';
import { logSecondsAxis } from './axes.ts';
import { type Curve, experimentCurves, phaseCurves, sortedOf } from './ecdf-curves.ts';
import { type EcdfAxes, ecdfLayers } from './ecdf-layers.ts';
import { type ShareAxis, shareAxis } from './ecdf-share-axis.ts';
import { facetWidth, sideBySide } from './facets.ts';
import { type Labelled, colorsOfLabels, figureOfEach, labelExperiments } from './label-experiments.ts';
import { facetGroups } from './overlay.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';
import { legendColumns } from './text-fit.ts';
import { legendAboveTitle, phaseColors, plotWidth } from './theme.ts';

export interface PlotLatencyEcdfOptions extends OverlayOptions {
  /**
   * What the vertical axis shows. `share` (default): the share of tasks, evenly. `tail`: each step up is a tenth of the tasks that are
   * left (90 %, 99 %, 99.9 %), so that the slowest are as easy to read as the rest.
   */
  readonly axis?: ShareAxis;
  /** Which phase alone to draw. Default: of one experiment all of them, of several the response time. */
  readonly phase?: PhaseName;
}

/**
 * The share of finished tasks that took at most a given time: a line a phase, or of several experiments one each for their response time,
 * percentiles as dots: each at the least time that so many of the tasks took at most.
 */
export function plotLatencyEcdf(experiments: OneOrMore, options: PlotLatencyEcdfOptions = {}): Plot {
  const all = listOf(experiments, 'plotLatencyEcdf');
  const { axis = 'share' } = options;
  const [first] = all;
  const phase = options.phase ?? (all.length === 1 ? undefined : 'response');
  const labelled = labelExperiments(all, options, options.color);
  const facets = all.length === 1 ? [['', labelled] as const] : facetGroups(labelled, options);
  const pictures = facets.map(
    ([heading, members]) =>
      [heading, all.length === 1 ? phaseCurves(first, phase) : experimentCurves(members, phase ?? 'response')] as const,
  );
  const curves = pictures.flatMap(([, drawn]) => drawn);
  if (curves.length === 0) return emptyPlot(all, 'Distribution of times: no task finished', options);
  const resolutionSeconds = Math.max(...all.map((experiment) => phaseTimes(experiment).resolutionSeconds));
  const least = Math.min(...curves.map(({ sortedSeconds }) => sortedSeconds[0] ?? 0));
  const low = Math.max(resolutionSeconds, least);
  const high = Math.max(low * 1.5, ...curves.map(({ sortedSeconds }) => sortedSeconds.at(-1) ?? 0));
  const width = facetWidth(facets.length, options.width);
  const colors = all.length === 1 ? colorsOfPhases(curves, options) : colorsOfLabels(labelled, options.palette);
  const labels = Object.keys(colors);
  const what =
    phase === undefined ? 'time in the phase' : phase === 'response' || phase === 'latency' ? phaseOf(phase).title : `time in ${phase}`;
  const axes: EcdfAxes = {
    axis,
    low,
    x: { field: 'seconds', ...logSecondsAxis(low, high, resolutionSeconds, `${what} (ms and s, log scale)`, width) },
    y: shareAxis(axis, Math.max(...curves.map(({ sortedSeconds }) => sortedSeconds.length))),
    color: {
      field: 'series',
      type: 'nominal',
      scale: { domain: labels, range: labels.map((label) => colors[label]) },
      legend:
        labels.length > 1
          ? {
              symbolType: 'stroke',
              symbolStrokeWidth: 3,
              ...legendColumns(labels, options.width ?? plotWidth),
              ...(facets.length === 1 ? legendAboveTitle : {}),
            }
          : null,
    },
  };
  const params = labels.length > 1 ? [{ name: 'series', select: { type: 'point', fields: ['series'] }, bind: 'legend' }] : [];
  const isSingle = pictures.length === 1;
  const bodies = pictures.map(([heading, drawn], index) => {
    const layers = ecdfLayers(drawn, axes, labels.length > 1);
    const [lines = {}, ...others] = layers;
    const named = isSingle ? { ...lines, ...(params.length > 0 ? { params } : {}) } : { name: `lines${index + 1}`, ...lines };
    return [heading, { width, height: options.height ?? 260, layer: [named, ...others] }] as const;
  });
  const views = bodies.map((_, index) => `lines${index + 1}`);
  const shared = isSingle
    ? {}
    : { params: params.map((param) => ({ ...param, views })), resolve: { scale: { x: 'shared', y: 'shared', color: 'shared' } } };
  const notes =
    least < low ? [`Times under ${formatSeconds(low)} are drawn at ${formatSeconds(low)}: they are too short to be told apart.`] : [];
  const title = all.length === 1 ? titleOfOne(curves, phase) : titleOfMany(labelled, phase ?? 'response', what);
  return framePlot(all, { title, notes }, sideBySide(bodies, { width, shared }), options);
}

function colorsOfPhases(curves: readonly Curve[], { palette = {} }: OverlayOptions): Readonly<Record<string, string>> {
  const nameOf = (label: string): PhaseName => (label === 'response time' ? 'response' : (label as PhaseName));
  return Object.fromEntries(curves.map(({ label }) => [label, palette[label] ?? phaseColors[nameOf(label)]]));
}

function titleOfOne(curves: readonly Curve[], phase: PhaseName | undefined): string {
  const title = phaseOf(phase ?? 'response').title;
  const whole = curves.find(({ name }) => name === title)?.sortedSeconds;
  if (whole === undefined) return 'Share of finished tasks by time in each phase';
  const at = (p: number): string => formatSeconds(quantileSorted(whole, p) ?? Number.NaN);
  const most = carries(whole.length, 0.9) ? `90 % within ${at(0.9)}, ` : '';
  return `Share of finished tasks by ${title}: ${most}all within ${at(1)}`;
}

function titleOfMany(labelled: readonly Labelled[], phase: PhaseName, what: string): string {
  const median = (experiment: Experiment): number => quantileSorted(sortedOf(experiment, phase), 0.5) ?? Number.NaN;
  return `Share of finished tasks by ${what}, half of them within: ${figureOfEach(labelled, median, formatSeconds)}`;
}
