import type { Comparison } from '../analysis/compare-experiments.ts';
import { renderText, textTitle } from './document-text.ts';
import { type ComparisonSectionsOptions, comparisonSections } from './sections/comparison.ts';

/** A comparison as text: what comes out, what to know before believing it, the figures that were judged, and what else stands out. */
export function textComparison(comparison: Comparison, options: ComparisonSectionsOptions = {}): string {
  const { a, b } = comparison;
  return `${textTitle(`${b.label} beside ${a.label}`)}\n${renderText(comparisonSections(comparison, options))}\n`;
}
