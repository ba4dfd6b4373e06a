import type { Verdict } from '../analysis/verdict.ts';
import { escapeHtml } from './html-escape.ts';

/** True for what `verdict` returns. */
export function isVerdict(value: unknown): value is Verdict {
  return typeof value === 'object' && value !== null && ['limitedBy', 'sentence', 'evidence', 'notes'].every((key) => key in value);
}

/** What limited an experiment, in its sentence and what makes it less certain; the numbers are in `evidence`. */
export function verdictText({ limitedBy, sentence, notes }: Verdict): string {
  return [`Limited by: ${limitedBy}`, `  ${sentence}`, ...notes.map((note) => `  note: ${note}`)].join('\n');
}

export function verdictHtml({ limitedBy, sentence, notes }: Verdict): string {
  const lines = [sentence, ...notes.map((note) => `⚠ ${note}`)].map((line) => `<div>${escapeHtml(line)}</div>`);
  return [
    '<div class="orchlab-verdict" style="border-left:4px solid rgba(128,128,128,.5);padding:.3em .9em;margin:.3em 0">',
    `<div>limited by <b>${escapeHtml(limitedBy)}</b></div>${lines.join('')}</div>`,
  ].join('');
}
