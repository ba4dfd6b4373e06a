import { from } from 'arquero';
import { targetsSideBySide } from '../analysis/compare-targets.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Experiment } from '../results/experiment.ts';
import { textTable } from './text-table.ts';
import { setupLines } from './value-lists.ts';
import { verdictTextLines } from './verdict-paragraph.ts';

/**
 * Targets side by side as text: a row each with the median of every figure, and its range where there are several experiments; what is not
 * comparable, and the verdict of each experiment with its notes.
 *
 * Throws a RangeError when a target has experiments of different configs (see `compareTargets`).
 */
export function textTargets(experiments: readonly Experiment[]): string {
  const { groups, figures, notes, finding } = targetsSideBySide(experiments);
  const rows = groups.map(({ target, done, failed }) => {
    const own = figures.filter((figure) => figure.target === target);
    const cells = own.map(({ figure, values, median }) => [`${figure.title} (${figure.unit})`, cell(values, median)]);
    return { target, done: `${done.length} of ${done.length + failed.length}`, ...Object.fromEntries(cells) };
  });
  const verdicts = experiments.flatMap((experiment) => {
    const [sentence = '', ...remarks] = verdictTextLines(summaryOf(experiment).verdict);
    return [`${experiment.name} on ${experiment.manifest.target.name}: ${sentence}`, ...remarks.map((line) => `  ${line}`)];
  });
  const sections = [
    `=== Targets side by side ===\n${finding}.\nMedian of the experiments of each target that ended as done (range)`,
    textTable(from(rows), { limit: Number.POSITIVE_INFINITY }),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
    `Setups:\n${setupLines(experiments.map(summaryOf))
      .map((line) => `  ${line}`)
      .join('\n')}`,
    `Verdicts:\n${verdicts.map((line) => `  ${line}`).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function cell(values: readonly number[], median: number): string {
  const [low] = values;
  const high = values.at(-1);
  if (low === undefined || high === undefined) return '–';
  return values.length === 1 ? threeDigits(median) : `${threeDigits(median)} (${threeDigits(low)} to ${threeDigits(high)})`;
}
