import { from } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';
import type { FigureTable } from './figure-tables.ts';
import { finishedCode, frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';

/** One table of the engine's over the experiment. */
export interface TableGrowth {
  readonly table: string;
  readonly tableBytes: number;
  readonly indexBytes: number;
  /** Of table and indexes together: last less first reading. */
  readonly grownBytes: number;
  readonly liveTuples: number;
  readonly deadTuplesPeak: number;
  readonly vacuums: number;
}

/** What the tables of an experiment's database take together; NaN for what was not read. */
export interface TablesFigures {
  readonly bytesStart: number;
  readonly bytesEnd: number;
  /** Last less first reading, by the tasks that had finished by the last. */
  readonly bytesPerTask: number;
  readonly deadTuplesPeak: number;
}

/**
 * The largest tables of the engine, one row each, the largest first; empty in results of before they were read.
 *
 * Columns: table, tableBytes, indexBytes (at the last reading), grownBytes, liveTuples (at the last), deadTuplesPeak, vacuums (those of the experiment).
 */
export const tableGrowthOf = perExperiment((experiment: Experiment): FigureTable<'tableGrowthOf'> => {
  const { tableSizes } = experiment;
  const names = textColumn(tableSizes, 'table');
  const column = (name: string): Float64Array => numberColumn(tableSizes, name);
  const [table, index, live, dead, vacuums] = ['tableBytes', 'indexBytes', 'liveTuples', 'deadTuples', 'vacuums'].map(column) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const growths = [...Map.groupBy(names.keys(), (row) => names[row] ?? '')].map(([name, rows]): TableGrowth => {
    const [first = 0, last = 0] = [rows[0], rows.at(-1)];
    const bytes = (row: number): number => (table[row] as number) + (index[row] as number);
    return {
      table: name,
      tableBytes: table[last] as number,
      indexBytes: index[last] as number,
      grownBytes: bytes(last) - bytes(first),
      liveTuples: live[last] as number,
      deadTuplesPeak: Math.max(...rows.map((row) => dead[row] as number)),
      vacuums: (vacuums[last] as number) - (vacuums[first] as number),
    };
  });
  const sorted = growths.toSorted((one, other) => other.tableBytes + other.indexBytes - one.tableBytes - one.indexBytes);
  return from(sorted) as FigureTable<'tableGrowthOf'>;
});

/** Of all tables together, by the samples of Postgres. */
export const tablesFigures = perExperiment((experiment: Experiment): TablesFigures => {
  const { postgres } = experiment;
  const known = (name: string): Float64Array =>
    postgres.columnNames().includes(name) ? numberColumn(postgres, name).filter((value) => !Number.isNaN(value)) : new Float64Array(0);
  const bytes = known('tablesBytes');
  const atMs = numberColumn(postgres, 'atMs');
  const tablesBytes = numberColumn(postgres, 'tablesBytes');
  const [bytesStart = Number.NaN, bytesEnd = Number.NaN] = [bytes[0], bytes.at(-1)];
  const finished = finishedBy(experiment, atMs.findLast((_, row) => !Number.isNaN(tablesBytes[row])) ?? Number.NaN);
  return {
    bytesStart,
    bytesEnd,
    bytesPerTask: finished > 0 ? (bytesEnd - bytesStart) / finished : Number.NaN,
    deadTuplesPeak: known('deadTuples').reduce((most, value) => (Number.isNaN(most) || value > most ? value : most), Number.NaN),
  };
});

function finishedBy(experiment: Experiment, untilMs: number): number {
  const { tasks } = frameOf(experiment);
  let count = 0;
  for (let row = 0; row < tasks.count; row++)
    if (tasks.status[row] === finishedCode && (tasks.finishedMs[row] as number) <= untilMs) count++;
  return count;
}
