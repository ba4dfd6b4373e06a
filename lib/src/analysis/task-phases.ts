import { type ColumnTable, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';
import { loadSpan } from './load-span.ts';

type TaskTime = 'createdMs' | 'dispatchedMs' | 'startedMs' | 'finishedMs';

/** A stretch of a task's life, from one of its times to another. */
export interface Phase {
  readonly name: 'wait' | 'dispatch' | 'execution' | 'latency';
  readonly from: TaskTime;
  readonly to: TaskTime;
}

/** The phases that are measured, in the order of tables and plots; `latency` is the whole. */
export const phases: readonly Phase[] = [
  { name: 'wait', from: 'createdMs', to: 'dispatchedMs' },
  { name: 'dispatch', from: 'dispatchedMs', to: 'startedMs' },
  { name: 'execution', from: 'startedMs', to: 'finishedMs' },
  { name: 'latency', from: 'createdMs', to: 'finishedMs' },
];

export type PhaseName = Phase['name'];

/** The column of `taskPhases` that holds a phase. */
export function phaseColumn(phase: PhaseName): `${PhaseName}Seconds` {
  return `${phase}Seconds`;
}

const known = new WeakMap<Experiment, ColumnTable>();

/**
 * How long each finished task was in each phase, one row a task.
 *
 * Columns: runIndex, taskIndex; createdSeconds and finishedSeconds since the first submission; waitSeconds, dispatchSeconds,
 * executionSeconds and latencySeconds, NaN where the engine does not say when. Tasks that did not finish, and tasks that the driver
 * did not submit, are left out: `ledger` counts them.
 */
export function taskPhases(experiment: Experiment): ColumnTable {
  // Nearly every figure and plot starts from this table, and an experiment never changes.
  let phaseTable = known.get(experiment);
  if (phaseTable === undefined) known.set(experiment, (phaseTable = computeTaskPhases(experiment)));
  return phaseTable;
}

function computeTaskPhases(experiment: Experiment): ColumnTable {
  const rows = finishedRows(experiment);
  const pick = (name: string): Float64Array => {
    const column = numberColumn(experiment.tasks, name);
    return new Float64Array(rows.length).map((_, index) => column[rows[index] ?? -1] ?? Number.NaN);
  };
  const times: Readonly<Record<TaskTime, Float64Array>> = {
    createdMs: pick('createdMs'),
    dispatchedMs: pick('dispatchedMs'),
    startedMs: pick('startedMs'),
    finishedMs: pick('finishedMs'),
  };
  const { originMs } = loadSpan(experiment);
  return table({
    runIndex: new Int32Array(pick('runIndex')),
    taskIndex: new Int32Array(pick('taskIndex')),
    createdSeconds: times.createdMs.map((ms) => (ms - originMs) / 1000),
    finishedSeconds: times.finishedMs.map((ms) => (ms - originMs) / 1000),
    ...Object.fromEntries(phases.map(({ name, from, to }) => [phaseColumn(name), secondsBetween(times[from], times[to])])),
  });
}

/** Rows of the tasks that finished and that the driver submitted. */
function finishedRows({ tasks }: Experiment): Int32Array {
  const statuses = textColumn(tasks, 'status');
  const runIndexes = numberColumn(tasks, 'runIndex');
  const rows = new Int32Array(statuses.length);
  let count = 0;
  for (let row = 0; row < statuses.length; row++) {
    if (statuses[row] === 'finished' && (runIndexes[row] ?? -1) >= 0) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

function secondsBetween(fromMs: Float64Array, toMs: Float64Array): Float64Array {
  return toMs.map((ms, index) => (ms - (fromMs[index] ?? Number.NaN)) / 1000);
}
