import type { ColumnTable } from 'arquero';
import CliTable from 'cli-table3';
import { type Headings, formatColumn, headingOf } from './column-format.ts';
import { printableLine } from './printable.ts';

export interface TextTableOptions {
  /** Rows shown at most; a last line tells how many there are. Default 20. */
  readonly limit?: number;
  /** Rows that there are, when the table holds only some of them. Default: those of the table. */
  readonly total?: number;
  /** Default words. */
  readonly headings?: Headings;
}

const noBorders = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right'].flatMap((side) => ['', '-left', '-mid', '-right'].map((part) => [`${side}${part}`, ''])),
);

/** An Arquero table as aligned plain text: units in the headings, unknown numbers as a dash, no line break at the end. */
export function textTable(table: ColumnTable, options: TextTableOptions = {}): string {
  const { limit = 20, total = table.numRows(), headings = 'words' } = options;
  const names = table.columnNames();
  const rows = table.objects({ limit }) as readonly Readonly<Record<string, unknown>>[];
  const columns = names.map((name) =>
    formatColumn(
      name,
      rows.map((row) => row[name]),
    ),
  );
  const text = new CliTable({
    head: columns.map((column, index) => printableLine(headingOf(names[index] ?? '', column, headings))),
    colAligns: columns.map(({ isNumeric }) => (isNumeric ? 'right' : 'left')),
    chars: { ...noBorders, middle: '' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const index of rows.keys()) text.push(columns.map(({ cells }) => printableLine(cells[index] ?? '')));
  const lines = text
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  if (total > rows.length) lines.push(`${rows.length} of ${total.toLocaleString('en-US')} rows`);
  return lines.join('\n');
}
