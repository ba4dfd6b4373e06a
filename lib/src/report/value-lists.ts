import { type ColumnTable, from, table } from 'arquero';
import { overviewOfSummaries } from '../analysis/overview.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import { type ExperimentSetup, hashOf } from '../analysis/experiment-setup.ts';
import type { Summary } from '../analysis/summary.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { loadWords } from './sections/configuration.ts';

/** Four digits that are the same for experiments that are repetitions of each other. */
function shortSetup(setup: ExperimentSetup): string {
  return hashOf(setup).slice(0, 4);
}

/** What each of the setups of these experiments is, a line each: those with the same digits can be compared as repetitions. */
export function setupLines(summaries: readonly Summary[]): readonly string[] {
  const setups = new Map(summaries.map(({ setup }) => [shortSetup(setup), setup]));
  return Array.from(setups, ([digits, { configHash, target, version, programHash, orchlab, postgres, host }]) => {
    const engine = [target, version, programHash === '' ? '' : `(program ${programHash})`].filter((word) => word !== '').join(' ');
    return `setup ${digits}: config ${configHash}, ${engine}, Postgres ${postgres}, orchlab ${orchlab}, ${host}`;
  });
}

/** Experiments side by side: `overviewOf` with their names before it, and after it what they have in common with those of the same `setup`. */
export function experimentsTable(experiments: readonly Experiment[]): ColumnTable {
  return summariesTable(experiments.map(summaryOf));
}

/** The same of what `summarize` returned. */
export function summariesTable(summaries: readonly Summary[]): ColumnTable {
  const figures = overviewOfSummaries(summaries);
  const names = figures.columnNames();
  return figures
    .assign({ experiment: summaries.map(({ name }) => name), setup: summaries.map(({ setup }) => shortSetup(setup)) })
    .select('experiment', ...names, 'setup');
}

/** Configs side by side, a row each: what is run, on what, and how long a task works. */
export function configsTable(configs: readonly PerfConfig[]): ColumnTable {
  return table({
    config: configs.map(({ name }) => name),
    target: configs.map(({ target }) => target),
    load: configs.map(loadWords),
    taskDurationSeconds: configs.map(({ duration }) => duration),
    executor: configs.map(({ executor }) => executor),
  });
}

type Cell = string | number | boolean | bigint | null | undefined | Date;

/** True for a list of objects that hold nothing but plain values: the rows of a table. */
export function isRowList(value: readonly unknown[]): value is readonly Readonly<Record<string, Cell>>[] {
  return value.length > 0 && value.every((row) => isPlainObject(row) && Object.values(row).every(isCell));
}

/** Rows as a table with the columns of all of them. */
export function rowsTable(rows: readonly Readonly<Record<string, Cell>>[]): ColumnTable {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return from(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))));
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isCell(value: unknown): value is Cell {
  return value === null || value === undefined || value instanceof Date || ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}
