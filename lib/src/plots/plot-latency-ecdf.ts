import { quantileSorted } from 'd3-array';
import { ecdf } from '../analysis/ecdf.ts';
import { carries } from '../analysis/distribution.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { type PhaseTimes, phaseTimes } from '../analysis/phase-times.ts';
import type { Experiment } from '../results/experiment.ts';
import { formatClockSeconds } from './format-seconds.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type PlotOptions, type SpecPart } from './plot-frame.ts';
import { logSecondsAxis } from './seconds-axis.ts';
import { legendAboveTitle, phaseColors, plotWidth, titleAbove } from './theme.ts';

export interface PlotLatencyEcdfOptions extends PlotOptions {
  /**
   * What the vertical axis shows. `share` (default): the share of tasks, evenly. `tail`: each step up is a tenth of the tasks that are
   * left (90 %, 99 %, 99.9 %), so that the slowest are as easy to read as the rest.
   */
  readonly axis?: Axis;
}

type Axis = 'share' | 'tail';

const dots = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

/** The share of finished tasks that took at most a given time, one line a phase, percentiles as dots. */
export function plotLatencyEcdf(experiment: Experiment, options: PlotLatencyEcdfOptions = {}): Plot {
  const { width = plotWidth, axis = 'share' } = options;
  const { phases, resolutionSeconds } = phaseTimes(experiment);
  if (phases.length === 0) return emptyPlot(experiment, { title: 'Distribution of times: no task finished' }, options);
  const names = phases.map((phase) => phase.title);
  const color = {
    field: 'phase',
    type: 'nominal',
    scale: { domain: names, range: phases.map((phase) => phaseColors[phase.name]) },
    legend: legendAboveTitle,
  };
  const low = Math.max(resolutionSeconds, Math.min(...phases.map((phase) => phase.sortedSeconds[0] ?? 0)));
  const high = Math.max(low * 1.5, ...phases.map((phase) => phase.sortedSeconds.at(-1) ?? 0));
  const x = { field: 'seconds', ...logSecondsAxis(low, high, resolutionSeconds, 'time in the phase (ms and s, log scale)') };
  const total = Math.max(...phases.map((phase) => phase.sortedSeconds.length));
  const y = axis === 'tail' ? tailAxis(total) : shareAxis;
  const opacity = { condition: { param: 'series', value: 1 }, value: 0.12 };
  const isClamped = phases.some((phase) => (phase.sortedSeconds[0] ?? low) < low);
  const body = {
    width,
    height: 260,
    layer: [
      {
        data: { values: phases.flatMap((phase) => linePoints(phase, low, axis)) },
        params: [{ name: 'series', select: { type: 'point', fields: ['phase'] }, bind: 'legend' }],
        mark: { type: 'line', interpolate: 'step-after', clip: true },
        encoding: {
          x,
          y,
          color,
          order: { field: y.field, type: 'quantitative', sort: axis === 'tail' ? 'descending' : 'ascending' },
          opacity,
        },
      },
      {
        data: { values: phases.flatMap((phase) => percentileDots(phase, low, axis)) },
        mark: { type: 'point', filled: true, size: 34, opacity: 1 },
        encoding: {
          x,
          y,
          color,
          opacity,
          tooltip: [
            { field: 'phase', type: 'nominal', title: 'phase' },
            { field: 'percentile', type: 'nominal', title: 'percentile' },
            { field: 'time', type: 'nominal', title: 'time' },
          ],
        },
      },
    ],
  };
  const notes = isClamped
    ? [`Times under ${formatSeconds(low)} are drawn at ${formatSeconds(low)}: they are too short to be told apart.`]
    : [];
  return framePlot(experiment, { title: options.title ?? ecdfTitle(phases), notes }, body);
}

function ecdfTitle(phases: readonly PhaseTimes[]): string {
  const whole = phases.find((phase) => phase.name === 'response');
  if (whole === undefined) return 'Share of finished tasks by time in each phase';
  const at = (p: number): string => formatSeconds(quantileSorted(whole.sortedSeconds, p) ?? Number.NaN);
  const most = carries(whole.sortedSeconds.length, 0.9) ? `90 % within ${at(0.9)}, ` : '';
  return `Share of finished tasks by response time: ${most}all within ${at(1)}`;
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
  return {
    field: 'left',
    type: 'quantitative',
    title: 'share of tasks (%, tail stretched)',
    scale: { type: 'log', domain: [1, lowest], nice: false, clamp: true },
    axis: {
      values: [1, 0.5, 0.1, 0.01, 0.001, 0.0001, 0.00001].filter((left) => left >= lowest),
      ...titleAbove,
      labelExpr: "format(100 * (1 - datum.value), '.5~r') + '%'",
    },
  };
}

function linePoints(phase: PhaseTimes, low: number, axis: Axis): readonly SpecPart[] {
  const total = phase.sortedSeconds.length;
  const points = ecdf(phase.sortedSeconds, { maxPoints: 150 });
  const first = { phase: phase.title, seconds: clampSeconds(points[0]?.value ?? low, low), ...height(axis, 0, total) };
  return [
    first,
    ...points.map((point) => ({ phase: phase.title, seconds: clampSeconds(point.value, low), ...height(axis, point.shareRatio, total) })),
  ];
}

function percentileDots(phase: PhaseTimes, low: number, axis: Axis): readonly SpecPart[] {
  const total = phase.sortedSeconds.length;
  return dots
    .filter((p) => p === 1 || (carries(total, p) && p * total >= 1))
    .map((p) => {
      const seconds = quantileSorted(phase.sortedSeconds, p) ?? Number.NaN;
      const percentile = p === 1 ? 'max' : `p${Number((p * 100).toPrecision(6))}`;
      return {
        phase: phase.title,
        percentile,
        time: formatClockSeconds(seconds, low),
        seconds: clampSeconds(seconds, low),
        ...height(axis, p, total),
      };
    });
}

/** What the vertical axis shows of a share, and no more: there are many points. */
function height(axis: Axis, share: number, total: number): SpecPart {
  if (axis === 'share') return { share: Number(share.toPrecision(6)) };
  return { left: Number(Math.max(1 - share, 0.5 / total).toPrecision(6)) };
}

function clampSeconds(seconds: number, low: number): number {
  return Number(Math.max(seconds, low).toPrecision(4));
}
