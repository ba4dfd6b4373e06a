/** Pixels of a character of a title, a heading, a note and a label of a legend, on average: what draws in the end has fonts of its own. */
export const titleCharacter = 8.4;
export const headingCharacter = 7.4;
export const noteCharacter = 6.2;
const legendCharacter = 6.6;

/** Pixels that the axis takes beside the drawing area. */
export const axisWidth = 53;
/** Pixels of a symbol of a legend with the air about it. */
const symbolWidth = 34;

/** A space at which text is not broken over lines. */
export const unbrokenSpace = '\u00A0';

/** The lines of a text that is at most so many pixels wide. Vega breaks no line: one that is wider than the plot would make the whole picture wider. */
export function wrapText(text: string, width: number, characterWidth: number): readonly string[] {
  const most = Math.floor(width / characterWidth);
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (longer.length > most && lines.at(-1) !== '') lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => line.replaceAll(unbrokenSpace, ' '));
}

/** How a legend is laid out whose labels do not fit into one line of so many pixels: in columns; empty where they do. */
export function legendColumns(labels: readonly string[], width: number): { readonly columns?: number } {
  const widths = labels.map((label) => label.length * legendCharacter + symbolWidth);
  if (widths.reduce((sum, each) => sum + each, 0) <= width + axisWidth) return {};
  return { columns: Math.max(1, Math.floor((width + axisWidth) / Math.max(...widths))) };
}
