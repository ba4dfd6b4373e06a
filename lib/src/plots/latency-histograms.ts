import { formatSeconds } from '../analysis/format-figure.ts';
import { type HistogramBin, countByBin } from '../analysis/log-bins.ts';
import { type PhaseTimes, phaseTimes } from '../analysis/phase-times.ts';
import type { Experiment } from '../results/experiment.ts';
import { formatClockSeconds, logSecondsAxis } from './axes.ts';
import { type Domain, type LatencyAxes, domainOf, panelHeight, phaseAxisTitle } from './latency-axes.ts';
import { type Percentile, percentilesOf } from './latency-percentiles.ts';
import type { SpecPart } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { neutralColor, phaseColors, plotWidth } from './theme.ts';

/** A panel a phase of one experiment: a histogram, with percentiles marked. */
export function phasePanels(experiment: Experiment, { edges, resolutionSeconds }: LatencyAxes, options: PlotOptions): readonly SpecPart[] {
  const { phases } = phaseTimes(experiment);
  const { width = plotWidth, height = panelHeight, palette = {} } = options;
  return phases.map((phase, index) =>
    phasePanel(phase, {
      bins: countByBin(phase.sortedSeconds, edges),
      domain: domainOf(edges),
      width,
      height,
      color: palette[phase.title] ?? phaseColors[phase.name],
      resolutionSeconds,
      isLast: index === phases.length - 1,
    }),
  );
}

interface Panel {
  readonly bins: readonly HistogramBin[];
  readonly domain: Domain;
  readonly width: number;
  readonly height: number;
  readonly color: string;
  readonly resolutionSeconds: number;
  readonly isLast: boolean;
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
  const xAxis = logSecondsAxis(domain[0], domain[1], panel.resolutionSeconds, panel.isLast ? phaseAxisTitle : null, panel.width);
  return {
    width: panel.width,
    height: panel.height,
    title: {
      text: `${phase.title}: ${phase.ends}`,
      subtitle: percentiles.map((row) => `${row.percentile} ${row.time}`).join(', '),
      fontSize: 12,
      subtitleFontSize: 11,
      subtitlePadding: 2,
      offset: 5,
    },
    layer: [barLayer(bars, panel.color, xAxis), ...percentileLayers(percentiles, xAxis)],
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
