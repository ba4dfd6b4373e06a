import { type ColumnTable, from, table } from 'arquero';
import { overviewOfSummaries } from '../analysis/overview.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import { type ExperimentSetup, hashOf } from '../analysis/experiment-setup.ts';
import type { Summary } from '../analysis/summary.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Series } from '../results/series.ts';
import type { SettingValue } from '../results/series-record.ts';
import { loadWords } from './sections/configuration.ts';
import { meanOfDraws } from '../config/task-duration.ts';

/** Four digits that are the same for experiments that are repetitions of each other. */
function shortSetup(setup: ExperimentSetup): string {
  return hashOf(setup).slice(0, 4);
}

/** What each of the setups of these experiments is, a line each: those with the same digits can be compared as repetitions. */
export function setupLines(summaries: readonly Summary[]): readonly string[] {
  const setups = new Map(summaries.map(({ setup }) => [shortSetup(setup), setup]));
  return Array.from(setups, ([digits, setup]) => `setup ${digits}: config ${setup.configHash}, ${surroundings(setup)}`);
}

/** What experiments of different configs were run with and on, a line each. */
export function surroundingLines(summaries: readonly Summary[]): readonly string[] {
  return [...new Set(summaries.map(({ setup }) => surroundings(setup)))];
}

function surroundings({ target, version, programHash, orchlab, postgres, host }: ExperimentSetup): string {
  const engine = [target, version, programHash === '' ? '' : `(program ${programHash})`].filter((word) => word !== '').join(' ');
  return `${engine}, Postgres ${postgres}, orchlab ${orchlab}, ${host}`;
}

/** Experiments side by side: `overviewOf` with their names before it, and after it what they have in common with those of the same `setup`. */
export function experimentsTable(experiments: readonly Experiment[]): ColumnTable {
  return summariesTable(experiments.map(summaryOf));
}

/** The same of what `summarize` returned. */
export function summariesTable(summaries: readonly Summary[]): ColumnTable {
  const figures = overviewOfSummaries(summaries);
  const names = figures.columnNames();
  const labels = summaries.map(({ label }) => label ?? '');
  // Where nobody gave one, the column says nothing.
  const haveLabels = labels.some((label) => label !== '');
  return figures
    .assign({ experiment: summaries.map(({ name }) => name), label: labels, setup: summaries.map(({ setup }) => shortSetup(setup)) })
    .select('experiment', ...(haveLabels ? ['label'] : []), ...names, 'setup');
}

/** Configs side by side, a row each: what is run, on what, and how long a task works. */
export function configsTable(configs: readonly PerfConfig[]): ColumnTable {
  return table({
    config: configs.map(({ name }) => name),
    target: configs.map(({ target }) => target),
    load: configs.map(loadWords),
    taskDurationSeconds: configs.map(({ duration }) => meanOfDraws(duration)),
    executor: configs.map(({ executor }) => executor),
  });
}

/** Series one below the other: what each is of, how far it is, and what it sets. */
export function seriesTable(all: readonly Series[]): ColumnTable {
  const haveLabels = all.some(({ record }) => record.noted?.label !== undefined);
  return from(
    all.map(({ name, record, steps, experiments }) => {
      const count = (status: string): number => steps.filter((step) => step.status === status).length;
      const settings = [...new Set(steps.flatMap((step) => Object.keys(step.settings)))];
      const valuesOf = (setting: string): string => inOrder(steps.flatMap((step) => step.settings[setting] ?? [])).join(',');
      return {
        series: name,
        ...(haveLabels && { label: record.noted?.label ?? '' }),
        config: record.config,
        target: inOrder(experiments.map(({ manifest }) => manifest.target.name)).join(', '),
        status: record.status,
        done: `${count('done')} of ${record.total ?? steps.length}`,
        sets: settings.map((setting) => `${setting}=${valuesOf(setting)}`).join(' '),
      };
    }),
  );
}

/** Each once, numbers by size: they were run in a random order. */
function inOrder(values: readonly SettingValue[]): readonly string[] {
  const collator = new Intl.Collator('en', { numeric: true });
  return [...new Set(values.map(String))].toSorted((a, b) => collator.compare(a, b));
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
