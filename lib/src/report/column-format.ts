import { threeDigits } from '../analysis/format-figure.ts';

interface Unit {
  readonly symbol: string;
  /** What a reader of the column itself gets, and what is shown. */
  readonly words: string;
  /** The column's value divided by this is in `symbol`. */
  readonly divisor: number;
  /** Decimals that still mean something to a reader. */
  readonly decimals: number;
}

const units: readonly (readonly [suffix: string, unit: Unit])[] = [
  ['PerSecond', { symbol: '/s', words: 'A second.', divisor: 1, decimals: 2 }],
  ['Seconds', { symbol: 's', words: 'Seconds.', divisor: 1, decimals: 4 }],
  ['Bytes', { symbol: 'MB', words: 'Bytes, shown in MB (1 MB is 1,000,000 bytes).', divisor: 1e6, decimals: 2 }],
  ['Ratio', { symbol: '%', words: 'A ratio, shown in percent.', divisor: 0.01, decimals: 1 }],
  ['Ms', { symbol: 'ms', words: 'Milliseconds.', divisor: 1, decimals: 3 }],
];

const unknown = '–';

/** A column as text: its headings with the unit, and its values in that unit. */
export interface FormattedColumn {
  /** For readers: `RSS peak (MB)`. */
  readonly heading: string;
  /** The unit that the values are shown in, where the column's name has another: MB, %, UTC. */
  readonly shownUnit?: string;
  /** Of the column itself, and how it is shown; undefined for what has none. */
  readonly unitWords?: string;
  readonly cells: readonly string[];
  /** True when there are only numbers in it, which belong to the right. */
  readonly isNumeric: boolean;
}

/**
 * A table's column for readers: the heading of `rssBytesPeak` is `RSS peak (MB)`, its numbers have the same decimals, an unknown one (NaN,
 * null) is a dash.
 *
 * As many decimals as show three digits of the smallest number, but no more than five digits of the largest, nor more than the unit
 * deserves (seconds four, MB two, percent one).
 * Epoch milliseconds become the time of day in UTC. 1 MB is 1,000,000 bytes.
 */
export function formatColumn(column: string, values: readonly unknown[]): FormattedColumn {
  const known = values.filter((value) => typeof value === 'number' && !Number.isNaN(value)) as number[];
  const isNumeric = values.length > 0 && values.every((value) => value === null || value === undefined || isNumber(value));
  if (column.endsWith('Ms') && known.length > 0 && known.every((value) => value > earliestEpochMs)) {
    const unitWords = 'Milliseconds since 1970, shown as the time of day in UTC.';
    return { heading: `${words(column.slice(0, -2))} (UTC)`, shownUnit: 'UTC', unitWords, cells: values.map(formatTimeOfDay), isNumeric };
  }
  const { unit } = splitUnit(column);
  const { divisor, decimals } = unit ?? { divisor: 1, decimals: 4 };
  const digits = Math.min(decimals, usefulDecimals(known.map((value) => value / divisor)));
  const cells = values.map((value) =>
    typeof value === 'number' && !Number.isNaN(value) ? withDecimals(value / divisor, digits) : formatColumnValue(column, value),
  );
  return {
    heading: columnHeading(column),
    ...(unit && unit.divisor !== 1 && { shownUnit: unit.symbol }),
    ...(unit && { unitWords: unit.words }),
    cells,
    isNumeric,
  };
}

/** Whether tables head with the names that one types, or with words for those who only read. */
export type Headings = 'names' | 'words';

/** The heading of a column in either way; by its name, with the unit where its values are shown in another than the name says. */
export function headingOf(column: string, { heading, shownUnit }: FormattedColumn, headings: Headings): string {
  if (headings === 'words') return heading;
  return shownUnit === undefined ? column : `${column} (${shownUnit})`;
}

/** 1990: no length of time is as long, no experiment as old. */
const earliestEpochMs = Date.UTC(1990);

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function formatTimeOfDay(value: unknown): string {
  return typeof value === 'number' && !Number.isNaN(value) ? new Date(value).toISOString().slice(11, 23) : unknown;
}

function usefulDecimals(values: readonly number[]): number {
  const sizes = values.map(Math.abs).filter((value) => value > 0 && Number.isFinite(value));
  if (sizes.length === 0 || values.every(Number.isInteger)) return 0;
  return Math.max(0, Math.min(2 - exponentOf(Math.min(...sizes)), 4 - exponentOf(Math.max(...sizes))));
}

function exponentOf(value: number): number {
  return Math.floor(Math.log10(value));
}

function withDecimals(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `rssBytesPeak` becomes `RSS peak (MB)`: the words of a column's name, its unit at the end. */
export function columnHeading(column: string): string {
  const { name, unit } = splitUnit(column);
  if (unit === undefined) return words(name);
  if (name === '') return unit.symbol === 's' ? 'time (s)' : `(${unit.symbol})`;
  return unit.symbol === '/s' ? `${words(name)}/s` : `${words(name)} (${unit.symbol})`;
}

function words(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/\b(rss|pss|cpu|wal|id|mb)\b/g, (word) => word.toUpperCase())
    .replaceAll(/\bpostgres\b/g, 'Postgres')
    .replaceAll(/\bp(99)(9+)\b/g, 'p$1.$2');
}

/** A value as text in the unit that `columnHeading` names; an unknown one (NaN, null) is a dash. */
function formatColumnValue(column: string, value: unknown): string {
  if (value === null || value === undefined) return unknown;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return unknown;
    return threeDigits(value / (splitUnit(column).unit?.divisor ?? 1));
  }
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : `${value as boolean}`;
}

/** A unit at the very start stands for itself: `seconds` is a time. */
function splitUnit(column: string): { readonly name: string; readonly unit?: Unit } {
  for (const [suffix, unit] of units) {
    const match = new RegExp(`^(.*?)${suffix}(?=[A-Z]|$)`).exec(column);
    if (match) return { name: `${match[1] ?? ''}${column.slice(match[0].length)}`, unit };
    if (column === suffix.toLowerCase()) return { name: '', unit };
  }
  return { name: column };
}
