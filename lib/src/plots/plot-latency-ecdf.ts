import { bisectRight, quantileSorted } from 'd3-array';
import { ecdf } from '../analysis/ecdf.ts';
import { carries } from '../analysis/distribution.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { phaseTimes } from '../analysis/phase-times.ts';
import type { Experiment } from '../results/experiment.ts';
import { type PhaseName, phaseOf } from '../results/phases.ts';
import { facetWidth, sideBySide } from './facets.ts';
import { formatClockSeconds } from './format-seconds.ts';
import { type Labelled, colorsOfLabels, labelExperiments, figureOfEach } from './label-experiments.ts';
import { facetGroups } from './overlay.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type SpecPart } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';
import { logSecondsAxis } from './seconds-axis.ts';
import { legendAboveTitle, phaseColors, titleAbove } from './theme.ts';

export interface PlotLatencyEcdfOptions extends OverlayOptions {
  /**
   * What the vertical axis shows. `share` (default): the share of tasks, evenly. `tail`: each step up is a tenth of the tasks that are
   * left (90 %, 99 %, 99.9 %), so that the slowest are as easy to read as the rest.
   */
  readonly axis?: Axis;
  /** Which phase alone to draw. Default: of one experiment all of them, of several the response time. */
  readonly phase?: PhaseName;
}

type Axis = 'share' | 'tail';

/** A line: a phase of one experiment, or an experiment. */
interface Curve {
  readonly name: string;
  /** In the legend. */
  readonly label: string;
  readonly sortedSeconds: Float64Array;
}

interface Axes {
  readonly axis: Axis;
  readonly low: number;
  readonly x: SpecPart;
  readonly y: SpecPart & { readonly field: string };
  readonly color: SpecPart;
}

const dots = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

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
  const axes: Axes = {
    axis,
    low,
    x: { field: 'seconds', ...logSecondsAxis(low, high, resolutionSeconds, `${what} (ms and s, log scale)`, width) },
    y: axis === 'tail' ? tailAxis(Math.max(...curves.map(({ sortedSeconds }) => sortedSeconds.length))) : shareAxis,
    color: {
      field: 'series',
      type: 'nominal',
      scale: { domain: labels, range: labels.map((label) => colors[label]) },
      legend: labels.length > 1 ? { symbolType: 'stroke', symbolStrokeWidth: 3, ...(facets.length === 1 ? legendAboveTitle : {}) } : null,
    },
  };
  const params = labels.length > 1 ? [{ name: 'series', select: { type: 'point', fields: ['series'] }, bind: 'legend' }] : [];
  const isSingle = pictures.length === 1;
  const bodies = pictures.map(([heading, drawn], index) => {
    const layers = layersOf(drawn, axes, labels.length > 1);
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
  return framePlot(all, { title, notes }, sideBySide(bodies, shared), options);
}

function phaseCurves(experiment: Experiment, only: PhaseName | undefined): readonly Curve[] {
  return phaseTimes(experiment)
    .phases.filter(({ name }) => only === undefined || name === only)
    .map(({ title, sortedSeconds }) => ({ name: title, label: title, sortedSeconds }));
}

function experimentCurves(members: readonly Labelled[], phase: PhaseName): readonly Curve[] {
  return members.flatMap(({ experiment, name, label }) => {
    const sortedSeconds = sortedOf(experiment, phase);
    return sortedSeconds.length === 0 ? [] : [{ name, label, sortedSeconds }];
  });
}

function sortedOf(experiment: Experiment, phase: PhaseName): Float64Array {
  return phaseTimes(experiment).phases.find(({ name }) => name === phase)?.sortedSeconds ?? new Float64Array(0);
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
  const median = (experiment: Experiment): string => formatSeconds(quantileSorted(sortedOf(experiment, phase), 0.5) ?? Number.NaN);
  return `Share of finished tasks by ${what}, half of them within: ${figureOfEach(labelled, median)}`;
}

function layersOf(curves: readonly Curve[], { axis, low, x, y, color }: Axes, isFiltered: boolean): readonly SpecPart[] {
  const opacity = isFiltered ? { opacity: { condition: { param: 'series', value: 1 }, value: 0.12 } } : {};
  const isRenamed = curves.some(({ name, label }) => name !== label);
  return [
    {
      data: { values: curves.flatMap((curve) => linePoints(curve, low, axis, isRenamed)) },
      mark: { type: 'line', interpolate: 'step-after', clip: true },
      encoding: {
        x,
        y,
        color,
        order: { field: y.field, type: 'quantitative', sort: axis === 'tail' ? 'descending' : 'ascending' },
        ...(isRenamed ? { detail: { field: 'curve', type: 'nominal' } } : {}),
        ...opacity,
      },
    },
    {
      data: { values: curves.flatMap((curve) => percentileDots(curve, low, axis)) },
      mark: { type: 'point', filled: true, size: 34, opacity: 1 },
      encoding: {
        x,
        y,
        color,
        ...opacity,
        tooltip: [
          { field: 'curve', type: 'nominal', title: 'of' },
          { field: 'percentile', type: 'nominal', title: 'percentile' },
          { field: 'time', type: 'nominal', title: 'time' },
        ],
      },
    },
  ];
}

const shareAxis = {
  field: 'share',
  type: 'quantitative',
  title: 'share of tasks (%)',
  scale: { domain: [0, 1] },
  axis: { format: '.0%', tickCount: 5, ...titleAbove },
};

/** 1 - share on a logarithmic axis turned over; the maximum, where nothing is left, sits at half a task. */
function tailAxis(total: number) {
  const lowest = 0.5 / total;
  const values = [1, 0.5, 0.1, 0.01, 0.001, 0.0001, 0.00001].filter((left) => left >= lowest);
  return {
    field: 'left',
    type: 'quantitative',
    title: 'share of tasks (%, tail stretched)',
    scale: { type: 'log', domain: [1, lowest], nice: false, clamp: true },
    axis: {
      values,
      tickCount: values.length,
      ...titleAbove,
      labelExpr: "format(100 * (1 - datum.value), '.5~r') + '%'",
    },
  };
}

/** Points of a line, the dots among them: the line that is thinned still goes through those. */
const linePointsAtMost = 110;

function linePoints({ name, label, sortedSeconds }: Curve, low: number, axis: Axis, isRenamed: boolean): readonly SpecPart[] {
  const total = sortedSeconds.length;
  const shares = new Map(ecdf(sortedSeconds, { maxPoints: linePointsAtMost }).map(({ value, shareRatio }) => [value, shareRatio] as const));
  for (const { seconds } of dotsOf(sortedSeconds)) shares.set(seconds, bisectRight(sortedSeconds, seconds) / total);
  const points = [...shares].toSorted(([a], [b]) => a - b);
  const row = (seconds: number, share: number): SpecPart => ({
    series: label,
    ...(isRenamed ? { curve: name } : {}),
    seconds: clampSeconds(seconds, low),
    ...height(axis, share, total),
  });
  return [row(points[0]?.[0] ?? low, 0), ...points.map(([seconds, share]) => row(seconds, share))];
}

/** The percentiles that are drawn: the least time that at least so many took at most (type 1 of Hyndman and Fan), which is on the line. */
function dotsOf(sortedSeconds: Float64Array): readonly { readonly p: number; readonly seconds: number }[] {
  const total = sortedSeconds.length;
  return dots
    .filter((p) => p === 1 || (carries(total, p) && p * total >= 1))
    .map((p) => ({ p, seconds: sortedSeconds[Math.ceil(p * total - 1e-9) - 1] ?? Number.NaN }));
}

function percentileDots({ name, label, sortedSeconds }: Curve, low: number, axis: Axis): readonly SpecPart[] {
  return dotsOf(sortedSeconds).map(({ p, seconds }) => ({
    series: label,
    curve: name,
    percentile: p === 1 ? 'max' : `p${Number((p * 100).toPrecision(6))}`,
    time: formatClockSeconds(seconds, low),
    seconds: clampSeconds(seconds, low),
    ...height(axis, p, sortedSeconds.length),
  }));
}

/** What the vertical axis shows of a share, and no more: there are many points. */
function height(axis: Axis, share: number, total: number): SpecPart {
  if (axis === 'share') return { share: Number(share.toPrecision(6)) };
  return { left: Number(Math.max(1 - share, 0.5 / total).toPrecision(6)) };
}

function clampSeconds(seconds: number, low: number): number {
  return Number(Math.max(seconds, low).toPrecision(4));
}
