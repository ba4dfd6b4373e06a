import { quantileSorted } from 'd3-array';
import { carries } from '../analysis/distribution.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { type HistogramBin, countByBin, logBinEdges } from '../analysis/log-bins.ts';
import { type PhaseTimes, phaseTimes } from '../analysis/phase-times.ts';
import type { Experiment } from '../results/experiment.ts';
import { facetWidth, sideBySide } from './facets.ts';
import { formatClockSeconds } from './format-seconds.ts';
import { type Labelled, colorsOfLabels, labelExperiments, figureOfEach } from './label-experiments.ts';
import { facetGroups } from './overlay.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type SpecPart } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';
import { logSecondsAxis } from './seconds-axis.ts';
import { neutralColor, phaseColors, plotWidth } from './theme.ts';

export interface PlotLatencyOptions extends OverlayOptions {
  /** Bars for a factor of ten in time. Default 24, of several experiments 12. */
  readonly binsPerDecade?: number;
}

/**
 * Histograms of how long finished tasks were in each phase, above each other on one logarithmic axis, with those of p50, p90 and p99 marked
 * that so many tasks can carry (see `distribution`). Of several experiments the outlines of their histograms, in percent of the tasks of each.
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
  const axes: Axes = { edges: logBinEdges(minimum, maximum, { resolutionSeconds, binsPerDecade }), resolutionSeconds };
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
    { title: `Response time, half of the finished tasks within: ${figureOfEach(labelled, medianOf)}`, notes },
    sideBySide(bodies, { resolve: { scale: { color: 'shared' } } }),
    options,
  );
}

/** What all panels share. */
interface Axes {
  readonly edges: Float64Array;
  readonly resolutionSeconds: number;
}

const panelHeight = 64;

function phasePanels(experiment: Experiment, { edges, resolutionSeconds }: Axes, options: PlotLatencyOptions): readonly SpecPart[] {
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

function domainOf(edges: Float64Array): Domain {
  return [edges[0] ?? 0, edges.at(-1) ?? 1];
}

interface OutlineAxes extends Axes {
  readonly colors: Readonly<Record<string, string>>;
  readonly width: number;
}

/** A panel a phase, a line an experiment: what share of its tasks is in each bin. */
function outlinePanels(members: readonly Labelled[], axes: OutlineAxes, { height = panelHeight }: PlotLatencyOptions): readonly SpecPart[] {
  const { edges, resolutionSeconds, colors, width } = axes;
  const labels = Object.keys(colors);
  const names = [...new Set(members.flatMap(({ experiment }) => phaseTimes(experiment).phases.map(({ name }) => name)))];
  return names.map((name, index) => {
    const isLast = index === names.length - 1;
    const curves = members.flatMap(({ experiment, name: curve, label }) => {
      const phase = phaseTimes(experiment).phases.find((each) => each.name === name);
      return phase ? [{ phase, curve, label }] : [];
    });
    const axis = logSecondsAxis(...domainOf(edges), resolutionSeconds, isLast ? phaseAxisTitle : null, width);
    const ends = [...new Set(curves.map(({ phase }) => phase.ends))];
    return {
      width,
      height,
      title: { text: `${curves[0]?.phase.title}: ${ends.join(' or ')}`, fontSize: 12, offset: 5 },
      data: { values: curves.flatMap(({ phase, curve, label }) => outline(phase, edges, { curve, series: label })) },
      mark: { type: 'line', interpolate: 'step-after', clip: true },
      encoding: {
        x: { field: 'from', ...axis },
        y: { field: 'percent', type: 'quantitative', title: '% of tasks', axis: { tickCount: 3 } },
        color: {
          field: 'series',
          type: 'nominal',
          scale: { domain: labels, range: labels.map((label) => colors[label]) },
          legend: { symbolType: 'stroke', symbolStrokeWidth: 3 },
        },
        detail: { field: 'curve', type: 'nominal' },
        tooltip: [
          { field: 'curve', type: 'nominal', title: 'experiment' },
          { field: 'time', type: 'nominal', title: 'from' },
          { field: 'percent', type: 'quantitative', title: '% of its tasks', format: '.3~r' },
        ],
      },
    };
  });
}

/** The corners of a histogram: where its height changes. */
function outline({ sortedSeconds }: PhaseTimes, edges: Float64Array, names: SpecPart): readonly SpecPart[] {
  const percents = countByBin(sortedSeconds, edges).map(({ count }) => Number(((100 * count) / sortedSeconds.length).toPrecision(3)));
  const row = (from: number, percent: number): SpecPart => ({
    ...names,
    from: Number(from.toPrecision(4)),
    percent,
    time: formatSeconds(from),
  });
  const corners = Array.from(edges, (from, index) => ({ from, percent: percents[index] ?? 0, before: percents[index - 1] ?? 0 })).filter(
    ({ percent, before }) => percent !== before,
  );
  return [row(corners[0]?.from ?? 0, 0), ...corners.map(({ from, percent }) => row(from, percent))];
}

const phaseAxisTitle = 'time in the phase (ms and s, log scale)';

function medianOf(experiment: Experiment): string {
  const whole = phaseTimes(experiment).phases.find(({ name }) => name === 'response');
  return formatSeconds(quantileSorted(whole?.sortedSeconds ?? [], 0.5) ?? Number.NaN);
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
  readonly height: number;
  readonly color: string;
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
