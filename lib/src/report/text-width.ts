interface TextItem {
  readonly text?: unknown;
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

// Advance widths of the characters from space to tilde, in hundredths of the font size: DejaVu Sans and its bold.
const widths = {
  normal:
    '32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53 100 68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 79 69 63 61 73 68 99 69 61 69 39 34 39 84 50 50 61 63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 82 59 59 52 64 34 64 84',
  bold: '35 46 52 84 70 100 87 31 46 46 52 84 38 42 38 37 70 70 70 70 70 70 70 70 70 70 40 40 84 84 84 58 100 77 76 73 83 68 68 82 84 37 37 77 64 100 84 85 73 85 77 72 68 81 77 110 77 72 73 46 37 46 84 50 50 67 72 59 72 68 44 72 71 34 34 67 34 104 71 69 72 72 49 60 48 71 65 92 65 65 58 71 37 71 84',
} as const;

const tables = {
  normal: Float64Array.from(widths.normal.split(' '), Number),
  bold: Float64Array.from(widths.bold.split(' '), Number),
};

/**
 * Width in pixels of one line of text in DejaVu Sans, the widest of the usual sans-serif fonts.
 *
 * Outside a browser vega takes every character for 0.8 of the font size, which leaves margins of a third of the picture.
 */
export function textWidth(item: TextItem, line?: unknown): number {
  const { text, fontSize = 11, fontWeight = 'normal' } = item;
  const isBold = fontWeight === 'bold' || Number(fontWeight) >= 600;
  const table = isBold ? tables.bold : tables.normal;
  const value = line ?? text ?? '';
  let sum = 0;
  // Beyond ASCII, such as an en dash or a micro sign: as wide as a digit.
  for (const character of typeof value === 'string' || typeof value === 'number' ? String(value) : '') {
    sum += table[(character.codePointAt(0) ?? 0) - 32] ?? 64;
  }
  return (sum / 100) * fontSize;
}
