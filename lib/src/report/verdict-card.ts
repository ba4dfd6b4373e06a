import type { Verdict } from '../analysis/verdict.ts';
import { escapeHtml } from './html-escape.ts';
import { verdictParagraphHtml, verdictTextLines } from './verdict-paragraph.ts';

/** True for what `verdictOf` returns. */
export function isVerdict(value: unknown): value is Verdict {
  return typeof value === 'object' && value !== null && ['limitedBy', 'sentence', 'evidence', 'notes'].every((key) => key in value);
}

/** What limited an experiment, in its sentence and what makes it less certain; the numbers are in `evidence`. */
export function verdictText(verdict: Verdict): string {
  return [`Limited by: ${verdict.limitedBy}`, ...verdictTextLines(verdict).map((line) => `  ${line}`)].join('\n');
}

export function verdictHtml(verdict: Verdict): string {
  return [
    '<div class="orchlab-verdict" style="border-left:4px solid rgba(128,128,128,.5);padding:.3em .9em;margin:.3em 0">',
    `<div>limited by <b>${escapeHtml(verdict.limitedBy)}</b></div>${verdictParagraphHtml(verdict)}</div>`,
  ].join('');
}
