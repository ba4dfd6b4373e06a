import { fromCSV, table, toCSV } from 'arquero';
import { figures as catalogue } from './figures.ts';
import type { HistoryPoint } from './history-point.ts';

/** A history that can't be read: where, what was expected and what was got. */
export class HistoryCsvError extends Error {
  override readonly name = 'HistoryCsvError';
}

const words = [
  'experiment',
  'config',
  'configHash',
  'target',
  'version',
  'program',
  'commit',
  'label',
  'orchlab',
  'host',
  'postgres',
] as const;

/**
 * Points as CSV (RFC 4180), a row each in the order given: `time` (ISO 8601, UTC), then what they have in common or not, then a column a figure by
 * its name, in the unit of the catalogue; what is not known is empty. apache-otava and spreadsheets read it.
 *
 * `names`: the figures. Default: all that any point has.
 */
export function historyCsv(points: readonly HistoryPoint[], names: readonly string[] = figureNames(points)): string {
  return toCSV(
    table({
      time: points.map(({ atMs }) => new Date(atMs).toISOString()),
      ...Object.fromEntries(words.map((word) => [word, points.map((point) => point[word])])),
      ...Object.fromEntries(names.map((name) => [name, points.map(({ figures }) => figures[name] ?? null)])),
    }),
  );
}

/**
 * The points of such a file, whatever the order of its columns; those that are no figures are passed over, words that are missing are empty.
 *
 * Throws a HistoryCsvError that names the row and the column when a time or a figure can't be read, or when there is none.
 */
export function parseHistoryCsv(text: string, place = 'CSV'): readonly HistoryPoint[] {
  const content = text.replace(/^\uFEFF/, '');
  // Of nothing at all it knows no table.
  const rows = (content.trim() === '' ? [] : fromCSV(content, { autoType: false }).objects()) as readonly Readonly<
    Record<string, string | null | undefined>
  >[];
  const columns = Object.keys(rows[0] ?? {});
  const names = columns.filter(isFigureName);
  if (!columns.includes('time')) throw new HistoryCsvError(`${place}: expected a column time, got ${columns.join(', ') || 'no rows'}`);
  if (names.length === 0)
    throw new HistoryCsvError(
      `${place}: expected a column that is called as a figure, for instance response.p99, got ${columns.join(', ')}`,
    );
  return rows.map((row, index) => {
    const unreadable = (column: string, expected: string): HistoryCsvError =>
      new HistoryCsvError(`${place}: row ${index + 2}, ${column}: expected ${expected}, got ${JSON.stringify(row[column] ?? '')}`);
    const time = row['time'] ?? '';
    const atMs = /^\d+(\.\d+)?$/.test(time) ? Number(time) * (Number(time) < 1e11 ? 1000 : 1) : Date.parse(time);
    if (Number.isNaN(atMs)) throw unreadable('time', 'a time (ISO 8601, or seconds or milliseconds since 1970)');
    const figures = names.flatMap((name) => {
      const cell = (row[name] ?? '').trim();
      if (cell === '') return [];
      const value = Number(cell);
      if (!Number.isFinite(value)) throw unreadable(name, 'a number or nothing');
      return [[name, value] as const];
    });
    const known = Object.fromEntries(words.map((word) => [word, row[word] ?? ''])) as Record<(typeof words)[number], string>;
    return {
      ...known,
      experiment: known.experiment === '' ? `row ${index + 2} of ${place}` : known.experiment,
      atMs,
      figures: Object.fromEntries(figures),
    };
  });
}

function figureNames(points: readonly HistoryPoint[]): readonly string[] {
  const known = new Set(points.flatMap(({ figures }) => Object.keys(figures)));
  const inOrder = catalogue.map(({ name }) => name).filter((name) => known.has(name));
  return [...inOrder, ...[...known].filter((name) => !inOrder.includes(name))];
}

/** Of the catalogue, or of a target's further role. */
function isFigureName(column: string): boolean {
  const [, figure = ''] = column.split('.');
  return catalogue.some(({ name }) => name === column || (column.includes('.') && name === `scheduler.${figure}`));
}
