import { from } from 'arquero';
import { targetFigures } from '../analysis/compare-targets.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import type { Experiment } from '../results/experiment.ts';
import { textTable } from './text-table.ts';

/**
 * Targets side by side as text: a row each with the median of every figure, and its range where there are several experiments.
 *
 * Throws a RangeError when a target has experiments of different configs (see `compareTargets`).
 */
export function textComparison(experiments: readonly Experiment[]): string {
  const figures = targetFigures(experiments);
  const targets = [...new Set(figures.map(({ target }) => target))];
  const rows = targets.map((target) => {
    const own = figures.filter((figure) => figure.target === target);
    const cells = own.map(({ figure, values, median }) => [`${figure.title} (${figure.unit})`, cell(values, median)]);
    return { target, done: `${own[0]?.values.length ?? 0} of ${countOf(experiments, target)}`, ...Object.fromEntries(cells) };
  });
  return `=== Comparison ===\nMedian of the experiments of each target (range)\n\n${textTable(from(rows), { limit: Number.POSITIVE_INFINITY })}\n`;
}

function countOf(experiments: readonly Experiment[], target: string): number {
  return experiments.filter(({ manifest }) => manifest.target.name === target).length;
}

function cell(values: readonly number[], median: number): string {
  const [low] = values;
  const high = values.at(-1);
  if (low === undefined || high === undefined) return '–';
  return values.length === 1 ? threeDigits(median) : `${threeDigits(median)} (${threeDigits(low)} to ${threeDigits(high)})`;
}
