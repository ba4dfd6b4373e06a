import type { Verdict } from '../analysis/verdict.ts';
import { safeText } from './report-figures.ts';

/** What limited an experiment, as it stands wherever it is said: the sentence, and what makes it less certain. */
export type VerdictParagraph = Pick<Verdict, 'sentence' | 'notes'>;

/** A line each; `warnings` follow, those that a note has said already left out. */
export function verdictTextLines({ sentence, notes }: VerdictParagraph, warnings: readonly string[] = []): readonly string[] {
  return [sentence, ...notes.map((note) => `note: ${note}`), ...unsaid(notes, warnings).map((warning) => `warning: ${warning}`)];
}

/** The same as HTML, without paths and passwords. */
export function verdictParagraphHtml({ sentence, notes }: VerdictParagraph, warnings: readonly string[] = []): string {
  const remarks = [...notes, ...unsaid(notes, warnings)].map((remark) => `<div>⚠ ${safeText(remark)}</div>`);
  return `<div>${safeText(sentence)}</div>${remarks.join('')}`;
}

/** The warnings that no note has said already. */
export function unsaid(notes: readonly string[], warnings: readonly string[]): readonly string[] {
  return warnings.filter((warning) => !notes.includes(warning));
}

/** Why an experiment did not end as done, unless the sentence says so, and its warnings. */
export function unsaidReasons(
  { sentence }: VerdictParagraph,
  { reason, warnings }: { readonly reason?: string; readonly warnings: readonly string[] },
): readonly string[] {
  return reason === undefined || sentence.includes(reason) ? warnings : [reason, ...warnings];
}
