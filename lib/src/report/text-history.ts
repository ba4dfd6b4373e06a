import type { HistoryLine } from '../analysis/history.ts';
import { renderText, textTitle } from './document-text.ts';
import { historySections } from './sections/history.ts';

/** Figures over time as text, a section for each line of comparable experiments: what each figure is now, and where its level changed. */
export function textHistory(lines: readonly HistoryLine[]): string {
  return `${textTitle('History')}\n${renderText(historySections(lines))}\n`;
}
