import { printable } from './printable.ts';
import { redact } from './redact.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text made safe inside an HTML element or a quoted attribute; control characters, which no page may have, are shown. */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** The same without paths and passwords: for what others are to read. */
export function safeText(text: string): string {
  return escapeHtml(redact(text));
}
