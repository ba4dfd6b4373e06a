import type { ColumnTable } from 'arquero';
import { escapeHtml } from './html-text.ts';
import { type Headings, formatColumn, headingOf } from './column-format.ts';
import { meaningsOf } from './column-meanings.ts';

export interface HtmlTableOptions {
  /** Rows shown at most; below them a line tells how many there are. Default 50. */
  readonly limit?: number;
  /** Rows that there are, when `table` holds only some of them. Default: those of the table. */
  readonly total?: number;
  /** Columns to show, in this order; all by default. */
  readonly columns?: readonly string[];
  /** Default words. */
  readonly headings?: Headings;
}

/**
 * An Arquero table as an HTML `<table>`: units in the headings, what a column means and its unit in their tooltips, numbers to sensible digits and aligned right, text escaped.
 *
 * Carries the classes `orchlab-table` and `number`, and no style of its own but the alignment, so that it takes the look of the page.
 */
export function htmlTable(table: ColumnTable, options: HtmlTableOptions = {}): string {
  const { limit = 50, total = table.numRows(), columns = table.columnNames(), headings = 'words' } = options;
  const rows = table.objects({ limit }) as readonly Readonly<Record<string, unknown>>[];
  const formatted = columns.map((column) =>
    formatColumn(
      column,
      rows.map((row) => row[column]),
    ),
  );
  const meanings = meaningsOf(columns);
  const head = formatted.map((column, index) => {
    const name = columns[index] ?? '';
    const title = [meanings.get(name), column.unitWords].filter((words) => words !== undefined).join(' ');
    return cell('th', column.isNumeric, headingOf(name, column, headings), title);
  });
  const body = rows.map(
    (_, index) => `<tr>${formatted.map(({ cells, isNumeric }) => cell('td', isNumeric, cells[index] ?? '')).join('')}</tr>`,
  );
  const rest = total > rows.length ? `<p class="orchlab-rest">${rows.length} of ${total.toLocaleString('en-US')} rows</p>` : '';
  return `<table class="orchlab-table"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>${rest}`;
}

function cell(tag: 'th' | 'td', isNumeric: boolean, text: string, title = ''): string {
  const attributes = isNumeric ? ' class="number" style="text-align:right"' : ' style="text-align:left"';
  return `<${tag}${attributes}${title === '' ? '' : ` title="${escapeHtml(title)}"`}>${escapeHtml(text)}</${tag}>`;
}
