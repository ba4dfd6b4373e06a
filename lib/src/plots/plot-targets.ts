import { targetsSideBySide } from '../analysis/compare-targets.ts';
import { plural } from '../analysis/format-figure.ts';
import type { Plot } from './plot.ts';
import { describeLoad, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { targetPanel } from './target-panel.ts';
import { colorsOfMany, plotWidth } from './theme.ts';

const columnGap = 90;

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
    targetPanel(
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
