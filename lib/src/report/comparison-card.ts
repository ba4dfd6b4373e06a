import type { Comparison } from '../analysis/compare-experiments.ts';
import {
  designOf,
  findingOf,
  lossLines,
  othersLine,
  readingOf,
  sideLine,
  standingOut,
  subjectOf,
  warningsOf,
} from '../analysis/comparison-words.ts';
import { judgedRows, tableOfRows, unjudgedRows } from './comparison-rows.ts';
import { htmlTable } from './html-table.ts';
import { safeText } from './report-figures.ts';

/** True for what `compareExperiments` returns. */
export function isComparison(value: unknown): value is Comparison {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'comparison' && 'judged' in value;
}

/** A comparison as HTML, as its text has it; how it was compared is folded away. */
export function comparisonHtml(comparison: Comparison): string {
  const { a, b } = comparison;
  const line = (text: string, sign = ''): string => `<div>${sign}${safeText(text)}</div>`;
  const tableHtml = (rows: ReturnType<typeof judgedRows>): string => {
    const table = tableOfRows(rows);
    return table ? htmlTable(table, { limit: rows.length, headings: 'names' }) : '';
  };
  const others = standingOut(comparison);
  return [
    '<div class="orchlab-comparison">',
    `<div><b>${safeText(findingOf(comparison))}.</b></div>`,
    ...warningsOf(comparison).map((warning) => line(warning, '⚠ ')),
    tableHtml(judgedRows(comparison)),
    ...lossLines(comparison).map((text) => line(text)),
    '<details><summary>How this was compared</summary>',
    ...[sideLine(a), sideLine(b), subjectOf(comparison), designOf(comparison), ...readingOf(comparison), othersLine(comparison)].map(
      (text) => line(text),
    ),
    tableHtml(unjudgedRows(others, comparison)),
    '</details></div>',
  ].join('');
}
