import { type ColumnTable, table } from 'arquero';
import { numberColumn } from './columns.ts';
import { distribution } from './distribution.ts';
import { ecdf } from './ecdf.ts';
import { sortNumbers } from './sort-numbers.ts';

export interface EcdfOptions {
  /** Points of each group at most. Default 400. */
  readonly maxPoints?: number;
}

const statistics = ['avg', 'min', 'p50', 'p90', 'p99', 'p999', 'max'] as const;

/**
 * Any column of numbers of any table in brief: a row for the table, or one a group of a grouped table. Filters count.
 *
 * Columns: those that it is grouped by, count, then avg, min, p50, p90, p99, p999 and max with the column's unit (`waitSeconds` gives
 * `p50Seconds`). NaNs are left out; percentiles are those of `latencyOf`, NaN where there are too few values. Throws a TypeError when the column holds
 * anything but numbers, and an Error that names those there are when there is no such column.
 */
export function distributionOf(ofTable: ColumnTable, column: string): ColumnTable {
  const groups = groupsOf(ofTable, column);
  const figures = groups.map(({ values }) => distribution(values));
  const unit = unitOf(column);
  return table({
    ...keyColumns(
      ofTable,
      groups.map(({ keys }) => keys),
    ),
    count: figures.map(({ count }) => count),
    ...Object.fromEntries(statistics.map((name) => [`${name}${unit}`, figures.map((figure) => figure[name])])),
  });
}

/**
 * The empirical distribution function of any column of numbers of any table, or of each group of a grouped one: at each value, the share of the
 * values that are at most it. Filters count.
 *
 * Columns: those that it is grouped by, the column itself (ascending in each group), shareRatio. With more than `maxPoints` different values it
 * is thinned so that the tail keeps its shape; each point is exact. NaNs are left out. Throws as `distributionOf` does.
 */
export function ecdfOf(ofTable: ColumnTable, column: string, options: EcdfOptions = {}): ColumnTable {
  const points = groupsOf(ofTable, column).flatMap(({ keys, values }) =>
    ecdf(sortNumbers(values), options).map((point) => ({ ...point, keys })),
  );
  return table({
    ...keyColumns(
      ofTable,
      points.map(({ keys }) => keys),
    ),
    [column]: points.map(({ value }) => value),
    shareRatio: points.map(({ shareRatio }) => shareRatio),
  });
}

interface Group {
  /** What the table is grouped by, in the order of its group columns. */
  readonly keys: readonly unknown[];
  readonly values: Float64Array;
}

function groupsOf(ofTable: ColumnTable, column: string): readonly Group[] {
  const values = numberColumn(ofTable.ungroup().unorder().reify(), column);
  const text = ofTable.column(column)?.at(0);
  if (text !== undefined && text !== null && typeof text !== 'number')
    throw new TypeError(`distribution: expected a column of numbers, got ${column} with ${JSON.stringify(text)}`);
  if (!ofTable.isGrouped()) return [{ keys: [], values }];
  const known = ofTable.unorder().reify();
  const { get, rows } = known.groups();
  return known.partitions().map((partition, group) => ({
    keys: get.map((keyOf) => keyOf(rows[group] ?? 0, known.data()) as unknown),
    values: Float64Array.from(partition as ArrayLike<number>, (row) => values[row] ?? Number.NaN),
  }));
}

function keyColumns(ofTable: ColumnTable, keys: readonly (readonly unknown[])[]): Readonly<Record<string, unknown[]>> {
  const names: readonly string[] = ofTable.isGrouped() ? ofTable.groups().names : [];
  return Object.fromEntries(names.map((name, index) => [name, keys.map((key) => key[index])]));
}

/** `waitSeconds`: `Seconds`; nothing for a column whose name has none at its end. */
function unitOf(column: string): string {
  return /(?:PerSecond|Seconds|Bytes|Ratio|Ms)$/.exec(column)?.[0] ?? '';
}
