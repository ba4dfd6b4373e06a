import { type TargetFigure, compare } from '../analysis/compare-targets.ts';
import type { ComparedFigure } from '../analysis/compared-figures.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { describeLoad, framePlot, plural, type PlotOptions, type SpecPart } from './plot-frame.ts';
import { neutralColor, plotWidth, seriesColors } from './theme.ts';

const columnGap = 90;
const rowHeight = 22;

/**
 * Targets side by side: a panel a figure, a row a target, a dot an experiment, a bar at the median.
 *
 * Every panel begins at zero, so that lengths can be compared. Throws a RangeError without experiments, and when those of one target
 * have different configs (see `compareTargets`).
 */
export function plotComparison(experiments: readonly Experiment[], options: PlotOptions = {}): Plot {
  const [first] = experiments;
  if (!first) throw new RangeError('plotComparison: expected at least one experiment, got none');
  const { width = plotWidth } = options;
  const { groups, figures, notes, finding } = compare(experiments);
  const targets = groups.map(({ target }) => target);
  const titles = [...new Set(figures.map(({ figure }) => figure))];
  const panelWidth = (width - columnGap) / 2;
  const panels = titles.map((figure) =>
    panel(
      figure,
      figures.filter((each) => each.figure === figure),
      { targets, width: panelWidth },
    ),
  );
  const counts = [...new Set(groups.map(({ done }) => done.length))];
  const subtitle = `${first.manifest.config.name}: ${describeLoad(first)}; ${counts.map((count) => plural(count, 'experiment')).join(' or ')} a target`;
  return framePlot(
    first,
    { title: options.title ?? finding, subtitle, notes: ['Dots are experiments, bars their median.', ...notes] },
    { concat: panels, columns: 2, spacing: { row: 26, column: 20 } },
  );
}

function panel(
  figure: ComparedFigure,
  rows: readonly TargetFigure[],
  { targets, width }: { readonly targets: readonly string[]; readonly width: number },
): SpecPart {
  const y = { field: 'target', type: 'nominal', title: null, sort: targets, axis: { labelLimit: 110, minExtent: 84 } };
  const x = {
    field: 'value',
    type: 'quantitative',
    title: figure.unit,
    scale: { zero: true },
    axis: { tickCount: 4, format: ',.3~r', grid: true },
  };
  const color = {
    field: 'target',
    type: 'nominal',
    scale: { domain: targets, range: targets.map((_, index) => seriesColors[index % seriesColors.length]) },
    legend: null,
  };
  const tooltip = [
    { field: 'target', type: 'nominal' },
    { field: 'value', type: 'quantitative', title: `${figure.title} (${figure.unit})`, format: ',.4~r' },
  ];
  const medians = rows.filter(({ median }) => !Number.isNaN(median)).map(({ target, median }) => ({ target, value: round(median) }));
  // Beyond the last dot, where nothing is in its way.
  const labels = rows
    .filter(({ values }) => values.length > 0)
    .map(({ target, values, median }) => ({ target, value: round(Math.max(median, values.at(-1) ?? 0)), label: threeDigits(median) }));
  const dots = rows.flatMap(({ target, values }) => values.map((value) => ({ target, value: round(value) })));
  return {
    width,
    height: { step: rowHeight },
    title: { text: `${figure.title} (${figure.better} is better)`, fontSize: 12, offset: 5 },
    layer: [
      { data: { values: medians }, mark: { type: 'bar', height: 12, opacity: 0.75 }, encoding: { y, x, color, tooltip } },
      {
        data: { values: dots },
        mark: { type: 'point', filled: true, size: 26, color: neutralColor, opacity: 1, stroke: 'white', strokeWidth: 0.5 },
        encoding: { y, x, tooltip },
      },
      {
        data: { values: labels },
        mark: { type: 'text', align: 'left', dx: 8, fontSize: 10 },
        encoding: { y, x, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
