import { type CostCard, type CostGroup, costOf, shownCost } from '../analysis/cost.ts';
import { plural, threeDigits } from '../analysis/format-figure.ts';
import type { Series } from '../results/series.ts';
import type { Plot } from './plot.ts';
import { titledPlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { targetPanel } from './target-panel.ts';
import { colorsOfMany, plotWidth } from './theme.ts';

const columnGap = 90;

/** What a panel is headed with: its group in few words. */
const headings: Readonly<Record<CostGroup, (title: string) => string>> = {
  task: (title) => `a task: ${title}`,
  idle: (title) => `a day of idling: ${title}`,
  growth: () => 'tables after ten million tasks',
  bystander: (title) => `bystander: ${title}`,
};

/**
 * What queues cost in their databases, side by side: a panel a line of the card (`costOf`), a row a target, a dot a round, a line from the least to the
 * most of them, a tick at their median. Every panel begins at zero.
 *
 * Throws a RangeError where there is no series, or one that is none of `cost`.
 */
export function plotCosts(series: readonly Series[], options: Omit<PlotOptions, 'label' | 'facet'> = {}): Plot {
  if (series.length === 0) throw new RangeError('plotCosts: expected series of cost, got none');
  const cards = series.map(costOf).filter(({ lines }) => lines.length > 0);
  const targets = [...new Set(cards.map(({ target }) => target))];
  const colors = colorsOfMany(targets.length).map((color, index) => options.palette?.[targets[index] ?? ''] ?? color);
  const { width = plotWidth } = options;
  const all = cards.flatMap(({ target, lines }) => lines.map((line) => ({ target, line })));
  const panels = [...Map.groupBy(all, ({ line }) => headings[line.group](line.title))].map(([title, members]) => {
    const { symbol, divisor } = shownCost((members[0] as (typeof members)[number]).line);
    const rows = members.map(({ target, line }) => ({
      target,
      values: line.values.map((value) => value / divisor).toSorted((a, b) => a - b),
      median: line.cost.value / divisor,
    }));
    return targetPanel({ title, unit: symbol }, rows, {
      targets,
      colors,
      width: (width - columnGap) / 2,
      height: options.height,
    });
  });
  const rounds = [...new Set(cards.map((card) => plural(card.rounds, 'round')))].join(' or ');
  return titledPlot(
    options.title ?? 'What a queue costs in its database',
    [`${loadWords(cards)}; ${rounds} a target; less is better throughout. Dots are rounds, ticks their median, lines their range.`],
    { concat: panels, columns: 2, spacing: { row: 26, column: 20 } },
    width,
  );
}

function loadWords(cards: readonly CostCard[]): string {
  const rates = [...new Set(cards.map(({ tasksPerSecond }) => tasksPerSecond))].filter((rate) => !Number.isNaN(rate));
  return rates.length === 0 ? 'loads of other kinds than a constant rate' : `${rates.map(threeDigits).join(' or ')} tasks/s`;
}
