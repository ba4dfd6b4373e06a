import type { Comparison } from '../analysis/compare-experiments.ts';
import { markdownText, renderMarkdown } from './document-markdown.ts';
import { type ComparisonSectionsOptions, comparisonSections } from './sections/comparison.ts';

/** A comparison as Markdown that a pull request shows: what comes out first, the sections with a title folded away. */
export function markdownComparison(comparison: Comparison, options: ComparisonSectionsOptions = {}): string {
  const { a, b } = comparison;
  const names = [a, b].map(({ label, experiments }) => `${label}: ${experiments.join(', ') || 'none'}.`);
  const sections = [
    ...comparisonSections(comparison, options),
    { title: 'Experiments', blocks: [{ kind: 'list', items: names } as const] },
  ];
  return `### ${markdownText(`${b.label} beside ${a.label}`)}\n\n${renderMarkdown(sections)}\n`;
}
