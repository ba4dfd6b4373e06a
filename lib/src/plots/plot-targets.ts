import { type TargetFigure, targetsSideBySide } from '../analysis/compare-targets.ts';
import type { ComparedFigure } from '../analysis/compared-figures.ts';
import { plural, threeDigits } from '../analysis/format-figure.ts';
import type { Plot } from './plot.ts';
import { describeLoad, framePlot, type SpecPart } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { colorsOfMany, plotWidth } from './theme.ts';

const columnGap = 90;
const rowHeight = 24;

/**
 * Targets side by side: a panel a figure, a row a target, a dot an experiment, a line from the least to the most of them, a tick at their median.
 *
 * The line is an interval for the median of such experiments: with n of them it holds it with a confidence of 1 - 2^(1-n), whatever their
 * distribution (order statistics: G. J. Hahn and W. Q. Meeker, Statistical Intervals, 1991), which the subtitle says. Every panel begins at
 * zero, so that distances can be compared; a figure that is known of no target has none. Throws a RangeError without experiments, and when
 * those of one target have different configs (see `compareTargets`).
 */
export function plotTargets(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotTargets');
  const [first] = all;
  const { width = plotWidth } = options;
  const { groups, figures, notes, finding } = targetsSideBySide(all);
  const targets = groups.map(({ target }) => target);
  const colors = colorsOfMany(targets.length).map((color, index) => options.palette?.[targets[index] ?? ''] ?? color);
  const known = figures.filter(({ figure }) => figures.some((other) => other.figure === figure && other.values.length > 0));
  const titles = [...new Set(known.map(({ figure }) => figure))];
  const unknown = [...new Set(figures.map(({ figure }) => figure))].filter((figure) => !titles.includes(figure));
  const panelWidth = (width - columnGap) / 2;
  const panels = titles.map((figure) =>
    panel(
      figure,
      figures.filter((each) => each.figure === figure),
      { targets, colors, width: panelWidth, height: options.height },
    ),
  );
  const counts = [...new Set(groups.map(({ done }) => done.length))];
  const subtitle = `${first.manifest.config.name}: ${describeLoad(first)}; ${counts.map((count) => plural(count, 'experiment')).join(' or ')} a target`;
  const missing = unknown.length > 0 ? [`Not known of so few tasks: ${unknown.map(({ title }) => title).join(', ')}.`] : [];
  return framePlot(
    all,
    { title: finding, subtitle, notes: [intervalNote(counts), ...missing, ...notes] },
    { concat: panels, columns: 2, spacing: { row: 26, column: 20 } },
    options,
  );
}

function intervalNote(counts: readonly number[]): string {
  const fewest = Math.min(...counts);
  const words = 'Dots are experiments, ticks their median, lines their range';
  if (fewest < 2) return `${words}.`;
  return `${words}: of ${fewest} experiments it holds the true median with ${Math.floor(100 * (1 - 2 ** (1 - fewest)))} % confidence.`;
}

interface PanelOptions {
  readonly targets: readonly string[];
  readonly colors: readonly string[];
  readonly width: number;
  readonly height: number | undefined;
}

function panel(figure: ComparedFigure, rows: readonly TargetFigure[], { targets, colors, width, height }: PanelOptions): SpecPart {
  const y = { field: 'target', type: 'nominal', title: null, scale: { domain: targets }, axis: { labelLimit: 110, minExtent: 84 } };
  const largest = Math.max(...rows.flatMap(({ values }) => values));
  const x = {
    field: 'value',
    type: 'quantitative',
    title: figure.unit,
    // Room for the number behind the last dot.
    scale: { domain: [0, round(largest * 1.18) || 1], nice: false },
    axis: { tickCount: 4, format: ',.3~r', grid: true },
  };
  const color = { field: 'target', type: 'nominal', scale: { domain: targets, range: colors }, legend: null };
  const name = `${figure.title} (${figure.unit})`;
  const number = (field: string, title: string): SpecPart => ({ field, type: 'quantitative', title, format: ',.4~r' });
  const summaries = rows
    .filter(({ values }) => values.length > 0)
    .map(({ target, values, median }) => ({
      target,
      value: round(median),
      least: round(values[0] ?? median),
      most: round(values.at(-1) ?? median),
      experiments: values.length,
      label: threeDigits(median),
    }));
  const dots = rows.flatMap(({ target, values }) => values.map((value) => ({ target, value: round(value) })));
  const tooltip = [
    { field: 'target', type: 'nominal' },
    number('value', `median ${name}`),
    number('least', 'least'),
    number('most', 'most'),
    number('experiments', 'experiments'),
  ];
  return {
    width,
    height: height ?? { step: rowHeight },
    title: { text: `${figure.title} (${figure.better} is better)`, fontSize: 12, offset: 5 },
    data: { values: summaries },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 7, opacity: 0.35, strokeCap: 'round' },
        encoding: { y, x: { ...x, field: 'least' }, x2: { field: 'most' }, color, tooltip },
      },
      { mark: { type: 'tick', size: 17, thickness: 2.5, opacity: 1 }, encoding: { y, x, color, tooltip } },
      {
        data: { values: dots },
        mark: { type: 'point', filled: true, size: 32, opacity: 0.9 },
        encoding: { y, x, color, tooltip: [{ field: 'target', type: 'nominal' }, number('value', name)] },
      },
      {
        mark: { type: 'text', align: 'left', dx: 9, fontSize: 10 },
        encoding: { y, x: { ...x, field: 'most' }, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
