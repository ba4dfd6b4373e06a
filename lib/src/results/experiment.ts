import type { ColumnTable } from 'arquero';
import { basename, resolve } from 'node:path';
import { type Manifest, readManifest } from './manifest.ts';
import { readTable } from './table-reader.ts';

/** An experiment as saved: its manifest and its samples as Arquero tables (columns: see tables.ts). */
export interface Experiment {
  readonly name: string;
  readonly directory: string;
  readonly manifest: Manifest;
  readonly tasks: ColumnTable;
  readonly runs: ColumnTable;
  readonly processes: ColumnTable;
  readonly counts: ColumnTable;
  readonly postgres: ColumnTable;
  readonly waits: ColumnTable;
  readonly statements: ColumnTable;
  readonly host: ColumnTable;
  readonly metrics: ColumnTable;
  readonly histograms: ColumnTable;
}

/** What every opened experiment has behind it: empty; the notebook display hangs its drawing of a cell's last value here. */
export const experimentPrototype: object = {};

/**
 * Opens the experiment in `directory`.
 *
 * Works on any experiment that got as far as its manifest, also one that was killed: a table that is missing is empty,
 * one that was cut off holds what had been written. Each table is loaded when first looked at. Throws an Error when the directory has
 * no manifest that can be read.
 */
export async function openExperiment(directory: string): Promise<Experiment> {
  const path = resolve(directory);
  const manifest = await readManifest(path);
  const lazy = (name: Parameters<typeof readTable>[1]): (() => ColumnTable) => {
    let table: ColumnTable | undefined;
    return () => (table ??= readTable(path, name));
  };
  const tasks = lazy('tasks');
  const runs = lazy('runs');
  const processes = lazy('processes');
  const counts = lazy('counts');
  const postgres = lazy('postgres');
  const waits = lazy('waits');
  const statements = lazy('statements');
  const host = lazy('host');
  const metrics = lazy('metrics');
  const histograms = lazy('histograms');
  const experiment: Experiment = {
    name: basename(path),
    directory: path,
    manifest,
    get tasks() {
      return tasks();
    },
    get runs() {
      return runs();
    },
    get processes() {
      return processes();
    },
    get counts() {
      return counts();
    },
    get postgres() {
      return postgres();
    },
    get waits() {
      return waits();
    },
    get statements() {
      return statements();
    },
    get host() {
      return host();
    },
    get metrics() {
      return metrics();
    },
    get histograms() {
      return histograms();
    },
  };
  return Object.setPrototypeOf(experiment, experimentPrototype) as Experiment;
}
