import { type Gate, gateOutcome, gateResults, titleOf } from '../analysis/gate.ts';
import { markdownText, outcomeSigns, renderMarkdown } from './document-markdown.ts';
import { gateSections } from './sections/gate.ts';
import { thresholdCounts } from './sections/thresholds.ts';

/** A gate as Markdown, for a pull request or a job's summary: the outcome, a table of the thresholds, the main figures and what limited each experiment. */
export function gateMarkdown(gate: Gate): string {
  const outcome = gateOutcome(gate);
  const titles = markdownText([...new Set(gate.experiments.map(titleOf))].join(', '));
  const heading =
    outcome === undefined ? `orchlab: ${titles}` : `${outcomeSigns[outcome]} orchlab: ${titles}: ${thresholdCounts(gateResults(gate))}`;
  return `### ${heading}\n\n${renderMarkdown(gateSections(gate))}\n`;
}
