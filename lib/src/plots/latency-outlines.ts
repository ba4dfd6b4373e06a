import { formatSeconds } from '../analysis/format-figure.ts';
import { countByBin } from '../analysis/log-bins.ts';
import { type PhaseTimes, phaseTimes } from '../analysis/phase-times.ts';
import { logSecondsAxis } from './axes.ts';
import type { Labelled } from './label-experiments.ts';
import { type LatencyAxes, domainOf, panelHeight, phaseAxisTitle } from './latency-axes.ts';
import type { SpecPart } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { legendColumns } from './text-fit.ts';
import { plotWidth } from './theme.ts';

interface OutlineAxes extends LatencyAxes {
  readonly colors: Readonly<Record<string, string>>;
  readonly width: number;
}

/** A panel a phase, a line an experiment: what share of its tasks is in each bin. */
export function outlinePanels(
  members: readonly Labelled[],
  axes: OutlineAxes,
  { height = panelHeight, width: totalWidth = plotWidth }: PlotOptions,
): readonly SpecPart[] {
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
          legend: { symbolType: 'stroke', symbolStrokeWidth: 3, ...legendColumns(labels, totalWidth) },
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
