import { type ColumnTable, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';
import { type PhaseName, type PhaseTime, phases } from '../results/phases.ts';
import { loadSpan } from './load-span.ts';
import { runFacts } from './run-facts.ts';
import { timesInDoubt } from './times-in-doubt.ts';

/** The column of `taskPhases` that holds a phase. */
export function phaseColumn(phase: PhaseName): `${PhaseName}Seconds` {
  return `${phase}Seconds`;
}

const known = new WeakMap<Experiment, ColumnTable>();

/**
 * How long each finished task was in each phase, one row a task.
 *
 * Columns: runIndex, taskIndex; dueSeconds (of its run), createdSeconds and finishedSeconds since the first submission; submissionSeconds
 * (from when its run was due, in a closed loop sent, to created), waitSeconds,
 * dispatchSeconds, executionSeconds, latencySeconds (created to finished) and responseSeconds (due, in a closed loop sent, to finished), NaN where
 * a time is not known; dispatchSeconds and executionSeconds also where the samples contradict the engine's times (`timesInDoubt`). Tasks that did not finish and tasks of runs in the warm-up are left out: `ledger` counts them.
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
  const { dueMs, wantedMs } = runFacts(experiment);
  const runIndexes = pick('runIndex');
  const times: Readonly<Record<PhaseTime, Float64Array>> = {
    wantedMs: runIndexes.map(wantedMs),
    createdMs: pick('createdMs'),
    dispatchedMs: pick('dispatchedMs'),
    startedMs: timesInDoubt(experiment) ? new Float64Array(rows.length).fill(Number.NaN) : pick('startedMs'),
    finishedMs: pick('finishedMs'),
  };
  const { originMs } = loadSpan(experiment);
  return table({
    runIndex: new Int32Array(runIndexes),
    taskIndex: new Int32Array(pick('taskIndex')),
    dueSeconds: runIndexes.map(dueMs).map((ms) => (ms - originMs) / 1000),
    createdSeconds: times.createdMs.map((ms) => (ms - originMs) / 1000),
    finishedSeconds: times.finishedMs.map((ms) => (ms - originMs) / 1000),
    ...Object.fromEntries(phases.map(({ name, from, to }) => [phaseColumn(name), secondsBetween(times[from], times[to])])),
  });
}

/** Rows of the tasks that finished and that count. */
function finishedRows(experiment: Experiment): Int32Array {
  const { tasks } = experiment;
  const { isWarmUp } = runFacts(experiment);
  const statuses = textColumn(tasks, 'status');
  const runIndexes = numberColumn(tasks, 'runIndex');
  const rows = new Int32Array(statuses.length);
  let count = 0;
  for (let row = 0; row < statuses.length; row++) {
    if (statuses[row] === 'finished' && !isWarmUp(runIndexes[row] ?? Number.NaN)) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

function secondsBetween(fromMs: Float64Array, toMs: Float64Array): Float64Array {
  return toMs.map((ms, index) => (ms - (fromMs[index] ?? Number.NaN)) / 1000);
}
