import { from } from 'arquero';
import { targetsSideBySide } from '../analysis/compare-targets.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Experiment } from '../results/experiment.ts';
import { type Block, type Section, sentence, table } from './document.ts';
import { renderText, textTitle } from './document-text.ts';
import { findingBlocks } from './sections/verdict.ts';
import { setupLines } from './value-lists.ts';

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
  const shown: readonly Section[] = [
    { blocks: [sentence(`${finding}.`), sentence('Median of the experiments of each target that ended as done (range)')] },
    { blocks: [table(from(rows), Number.POSITIVE_INFINITY)] },
    { blocks: notes.length === 0 ? [] : [{ kind: 'list', items: notes }] },
    { title: 'Setups', blocks: setupLines(experiments.map(summaryOf)).map((line) => sentence(line)) },
    { title: 'Verdicts', blocks: experiments.flatMap(verdictBlocks) },
  ];
  return `${textTitle('Targets side by side')}\n${renderText(shown)}\n`;
}

function verdictBlocks(experiment: Experiment): readonly Block[] {
  const { sentence: words, notes } = summaryOf(experiment).verdict;
  const [first, ...remarks] = findingBlocks({ sentence: `${experiment.name} on ${experiment.manifest.target.name}: ${words}`, notes });
  return [...(first ? [first] : []), { kind: 'indented', blocks: remarks }];
}

function cell(values: readonly number[], median: number): string {
  const [low] = values;
  const high = values.at(-1);
  if (low === undefined || high === undefined) return '–';
  return values.length === 1 ? threeDigits(median) : `${threeDigits(median)} (${threeDigits(low)} to ${threeDigits(high)})`;
}
