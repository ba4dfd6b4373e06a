import { table as asTable } from 'arquero';
import { formatFigure } from '../../analysis/figure-units.ts';
import { findFigure } from '../../analysis/figures.ts';
import type { Gate } from '../../analysis/gate.ts';
import { summaryOf } from '../../analysis/saved-summary.ts';
import type { Summary } from '../../analysis/summary.ts';
import { type Section, sentence, table } from '../document.ts';
import { baselineWords } from './baseline.ts';
import { thresholdOutcomes } from './thresholds.ts';

/** What a reader wants beside the thresholds. */
const shownFigures = [
  'response.p50',
  'response.p99',
  'throughput.tasksPerSecond',
  'tasks.finished',
  'tasks.lost',
  'scheduler.rssBytesPeak',
];

/** Several experiments with what became of their thresholds: numbered, where there are more than one. */
export function gateSections({ experiments, comparisons }: Gate): readonly Section[] {
  const summaries = experiments.map(summaryOf);
  const isSeries = summaries.length > 1;
  const outcomes = [
    ...summaries.flatMap(({ thresholds }, index) => thresholdOutcomes(thresholds, isSeries ? `${index + 1}` : undefined)),
    ...comparisons.flatMap(({ results }) => thresholdOutcomes(results, isSeries ? 'all' : undefined)),
  ];
  const baselines = comparisons.flatMap((comparison) => {
    const words = baselineWords(comparison);
    return words === '' ? [] : [sentence(`Baseline of ${comparison.title}: ${words}.`)];
  });
  const verdicts = summaries.map((summary, index) =>
    sentence(`${isSeries ? `${index + 1}: ` : ''}${endingWords(summary)}${summary.verdict.sentence}`),
  );
  return [
    { blocks: outcomes.length > 0 ? [{ kind: 'outcomes', outcomes }] : [] },
    { blocks: baselines },
    { blocks: [table(figuresTable(summaries, isSeries), Number.POSITIVE_INFINITY), ...verdicts] },
  ];
}

function figuresTable(summaries: readonly Summary[], isNumbered: boolean): ReturnType<typeof asTable> {
  const columns = shownFigures.map((name): readonly [string, readonly string[]] => {
    const { title, unit } = findFigure(name);
    return [title, summaries.map(({ figures }) => formatFigure(figures[name] ?? Number.NaN, unit))];
  });
  return asTable({
    ...(isNumbered && { '#': summaries.map((_, index) => `${index + 1}`) }),
    experiment: summaries.map(({ name }) => name),
    ...Object.fromEntries(columns),
  });
}

function endingWords({ status, reason }: Summary): string {
  return status === 'done' ? '' : `It ended as ${status}${reason === undefined ? '' : ` (${reason})`}. `;
}
