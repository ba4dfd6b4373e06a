// Control characters (C0 but tab and line break, DEL, C1), and those that turn the direction of what is written around.
const hidden = /[[\p{Cc}\p{Bidi_C}]--[\t\n]]/gv;
const colors = new RegExp(String.raw`\x1b\[[\d;]*m`, 'g');

/**
 * Text for a terminal: names, keys, manifests and what engines print may hold escapes that would move its cursor or change its state, so
 * control characters are shown, as `\x1b`, and colours are left out.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(colors, '').replaceAll(hidden, escaped);
}

/** The same on one line, for a cell or a name: line breaks and tabs are shown too. */
export function printableLine(text: string): string {
  return printable(text)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', ' ');
}

/** JSON on one line, in which no character is one that a terminal would act on. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(hidden, (character) => `\\u${hexOf(character, 4)}`);
}

function escaped(character: string): string {
  return character > '\xff' ? `\\u${hexOf(character, 4)}` : `\\x${hexOf(character, 2)}`;
}

function hexOf(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
