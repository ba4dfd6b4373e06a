import { basename, resolve } from 'node:path';
import { isOwnerGone } from '../processes/process-owner.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { type TableFile, readTable } from './table-reader.ts';
import { type Row, type TableName, tableNames } from './tables.ts';
import type { TypedTable } from './typed-table.ts';

/** A table of an experiment: docs/data.md has the meaning of each column. */
export type SampleTable<T extends TableName> = TypedTable<Row<T>>;

/** A table whose file is cut off or can't be read: figures that need it are of less than was sampled. */
export interface TableDamage {
  readonly table: TableName;
  readonly reason: string;
}

/** An experiment as saved: its manifest and its samples as Arquero tables (columns: see tables.ts and docs/data.md). */
export interface Experiment {
  readonly name: string;
  readonly directory: string;
  readonly manifest: Manifest;
  /** Files of tables that are not as they were written, though the experiment has ended; empty when all are. */
  readonly damage: readonly TableDamage[];
  readonly tasks: SampleTable<'tasks'>;
  readonly runs: SampleTable<'runs'>;
  readonly processes: SampleTable<'processes'>;
  readonly counts: SampleTable<'counts'>;
  readonly postgres: SampleTable<'postgres'>;
  readonly tableSizes: SampleTable<'tableSizes'>;
  readonly waits: SampleTable<'waits'>;
  readonly bystander: SampleTable<'bystander'>;
  readonly statements: SampleTable<'statements'>;
  readonly statementReadings: SampleTable<'statementReadings'>;
  readonly events: SampleTable<'events'>;
  readonly executions: SampleTable<'executions'>;
  readonly firings: SampleTable<'firings'>;
  readonly host: SampleTable<'host'>;
  readonly metrics: SampleTable<'metrics'>;
  readonly histograms: SampleTable<'histograms'>;
}

/** What every opened experiment has behind it: empty; the notebook display hangs its drawing of a cell's last value here. */
export const experimentPrototype: object = {};

/** Of an experiment that was killed with all that watched over it, the file says for ever that it runs. */
function withKnownEnd(manifest: Manifest): Manifest {
  const { status, process: owner } = manifest;
  if (status !== 'running' || owner === undefined || !isOwnerGone(owner)) return manifest;
  return {
    ...manifest,
    status: 'interrupted',
    reason: `it did not end: its process (${owner.pid}) is gone, killed or with the machine; what was sampled until then is kept`,
  };
}

/**
 * Opens the experiment in `directory`.
 *
 * Works on any experiment that got as far as its manifest, also one that was killed: a table that is missing is empty,
 * one that was cut off holds what had been written. Each table is loaded when first looked at. Throws a DamagedResultsError when the
 * directory has no manifest that can be read.
 */
export async function openExperiment(directory: string): Promise<Experiment> {
  const path = resolve(directory);
  const recorded = await readManifest(path);
  const manifest = withKnownEnd(recorded);
  const files = new Map<TableName, TableFile>();
  const file = (name: TableName): TableFile => {
    const known = files.get(name) ?? readTable(path, name);
    files.set(name, known);
    return known;
  };
  const experiment = {
    name: basename(path),
    directory: path,
    manifest,
    get damage() {
      // While it runs, and when it was killed, files without an end are as they should be.
      if (recorded.status === 'running') return [];
      return tableNames.flatMap((table) => {
        const { damage } = file(table);
        return damage === undefined ? [] : [{ table, reason: damage }];
      });
    },
  };
  for (const name of tableNames) Object.defineProperty(experiment, name, { enumerable: true, get: () => file(name).table });
  return Object.setPrototypeOf(experiment, experimentPrototype) as Experiment;
}
