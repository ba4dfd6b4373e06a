import { quantileSorted } from 'd3-array';
import { carries } from '../analysis/distribution.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { type HistogramBin, countByBin, logBinEdges } from '../analysis/log-bins.ts';
import { type PhaseTimes, phaseTimes } from '../analysis/phase-times.ts';
import type { Experiment } from '../results/experiment.ts';
import { formatClockSeconds } from './format-seconds.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type PlotOptions, type SpecPart } from './plot-frame.ts';
import { logSecondsAxis } from './seconds-axis.ts';
import { neutralColor, phaseColors, plotWidth } from './theme.ts';

export interface PlotLatencyOptions extends PlotOptions {
  /** Bars for a factor of ten in time. Default 24. */
  readonly binsPerDecade?: number;
}

/**
 * Histograms of how long finished tasks were in each phase, above each other on one logarithmic axis, with those of p50, p90 and p99 marked
 * that so many tasks can carry (see `distribution`).
 *
 * Times too short to be told apart (under 1 ms where the engine records whole milliseconds, as DBOS does, else under 0.1 ms) share the
 * leftmost bar, as the subtitle then says.
 */
export function plotLatency(experiment: Experiment, options: PlotLatencyOptions = {}): Plot {
  const { width = plotWidth, binsPerDecade } = options;
  const { phases, resolutionSeconds } = phaseTimes(experiment);
  if (phases.length === 0) return emptyPlot(experiment, { title: 'Time in each phase: no task finished' }, options);
  const minimum = Math.min(...phases.map((phase) => phase.sortedSeconds[0] ?? 0));
  const maximum = Math.max(...phases.map((phase) => phase.sortedSeconds.at(-1) ?? 0));
  const edges = logBinEdges(minimum, maximum, { resolutionSeconds, ...(binsPerDecade === undefined ? {} : { binsPerDecade }) });
  const step = formatSeconds(resolutionSeconds);
  const isClamped = minimum < resolutionSeconds;
  const domain: Domain = [edges[0] ?? resolutionSeconds, edges.at(-1) ?? 1];
  const panels = phases.map((phase, index) =>
    phasePanel(phase, {
      bins: countByBin(phase.sortedSeconds, edges),
      domain,
      width,
      resolutionSeconds,
      isLast: index === phases.length - 1,
    }),
  );
  const note = isClamped ? [`The leftmost bar holds all times under ${step}, too short to be told apart.`] : [];
  return framePlot(experiment, { title: options.title ?? latencyTitle(phases), notes: note }, { vconcat: panels, spacing: 10 });
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

type Domain = readonly [low: number, high: number];

interface Panel {
  readonly bins: readonly HistogramBin[];
  readonly domain: Domain;
  readonly width: number;
  readonly resolutionSeconds: number;
  readonly isLast: boolean;
}

interface Percentile {
  readonly percentile: 'p50' | 'p90' | 'p99';
  readonly seconds: number;
}

function percentilesOf(sorted: Float64Array): readonly Percentile[] {
  const at = (p: number): number => Number((quantileSorted(sorted, p) ?? Number.NaN).toPrecision(4));
  return (
    [
      ['p50', 0.5],
      ['p90', 0.9],
      ['p99', 0.99],
    ] as const
  )
    .filter(([, p]) => carries(sorted.length, p))
    .map(([percentile, p]) => ({ percentile, seconds: at(p) }));
}

function phasePanel(phase: PhaseTimes, panel: Panel): SpecPart {
  const { domain } = panel;
  const total = phase.sortedSeconds.length;
  const bars = panel.bins
    .filter((bin) => bin.count > 0)
    .map((bin) => ({
      from: Number(bin.fromSeconds.toPrecision(4)),
      to: Number(bin.toSeconds.toPrecision(4)),
      tasks: bin.count,
      share: Number((bin.count / total).toPrecision(3)),
      time:
        bin.toSeconds <= panel.resolutionSeconds
          ? `under ${formatSeconds(bin.toSeconds)}`
          : `${formatSeconds(bin.fromSeconds)} to ${formatSeconds(bin.toSeconds)}`,
    }));
  const percentiles = percentilesOf(phase.sortedSeconds).map((row) => ({
    ...row,
    at: Math.max(row.seconds, domain[0]),
    time: formatClockSeconds(row.seconds, panel.resolutionSeconds),
  }));
  const xAxis = logSecondsAxis(
    domain[0],
    domain[1],
    panel.resolutionSeconds,
    panel.isLast ? 'time in the phase (ms and s, log scale)' : null,
  );
  return {
    width: panel.width,
    height: 64,
    title: {
      text: `${phase.title}: ${phase.ends}`,
      subtitle: percentiles.map((row) => `${row.percentile} ${row.time}`).join(', '),
      fontSize: 12,
      subtitleFontSize: 11,
      subtitlePadding: 2,
      offset: 5,
    },
    layer: [barLayer(bars, phaseColors[phase.name], xAxis), ...percentileLayers(percentiles, xAxis)],
  };
}

function barLayer(bars: readonly object[], color: string, xAxis: SpecPart): SpecPart {
  return {
    data: { values: bars },
    mark: { type: 'bar', color },
    encoding: {
      x: { field: 'from', ...xAxis, bin: 'binned' },
      x2: { field: 'to' },
      y: { field: 'tasks', type: 'quantitative', title: 'tasks', axis: { tickCount: 3, tickMinStep: 1, format: '~s' } },
      tooltip: [
        { field: 'time', type: 'nominal', title: 'time' },
        { field: 'tasks', type: 'quantitative', title: 'tasks', format: ',' },
        { field: 'share', type: 'quantitative', title: 'share of all', format: '.1~%' },
      ],
    },
  };
}

/** Rules with their names above: p50 to the left, p99 to the right, p90 a line higher, so that close ones don't collide. */
function percentileLayers(rows: readonly Percentile[], xAxis: SpecPart): readonly SpecPart[] {
  const x = { field: 'at', ...xAxis };
  const tooltip = [
    { field: 'percentile', type: 'nominal', title: 'percentile' },
    { field: 'time', type: 'nominal', title: 'time' },
  ];
  const label = (percentile: Percentile['percentile'], place: SpecPart): SpecPart => ({
    data: { values: rows.filter((row) => row.percentile === percentile) },
    mark: { type: 'text', y: -5, fontSize: 10, baseline: 'bottom', ...place },
    encoding: { x, text: { field: 'percentile', type: 'nominal' }, tooltip },
  });
  return [
    {
      data: { values: rows },
      mark: { type: 'rule', color: neutralColor, strokeWidth: 1.5, y: -4, y2: 'height' },
      encoding: { x, tooltip },
    },
    label('p50', { align: 'right', dx: -2 }),
    label('p90', { align: 'center', dy: -10 }),
    label('p99', { align: 'left', dx: 2 }),
  ];
}
