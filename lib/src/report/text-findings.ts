import type { Comparison } from '../analysis/compare-experiments.ts';
import type { HistoryLine } from '../analysis/history.ts';
import { renderText, textTitle } from './document-text.ts';
import { type ComparisonSectionsOptions, comparisonSections } from './sections/comparison.ts';
import { historySections } from './sections/history.ts';

/** A comparison as text: what comes out, what to know before believing it, the figures that were judged, and what else stands out. */
export function textComparison(comparison: Comparison, options: ComparisonSectionsOptions = {}): string {
  const { a, b } = comparison;
  return `${textTitle(`${b.label} beside ${a.label}`)}\n${renderText(comparisonSections(comparison, options))}\n`;
}

/** Figures over time as text, a section for each line of comparable experiments: what each figure is now, and where its level changed. */
export function textHistory(lines: readonly HistoryLine[]): string {
  return `${textTitle('History')}\n${renderText(historySections(lines))}\n`;
}
