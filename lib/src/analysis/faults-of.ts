import { table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { type FaultFigures, faultLedger, faultOutcomes } from './fault-ledger.ts';
import type { FigureTable } from './figure-tables.ts';

/**
 * What came of the faults of an experiment, one row each; no rows where its config has none.
 *
 * Columns: kind, subject, atSeconds, endedSeconds (since the first submission), detectedSeconds, recoverySeconds (since the fault began), rateAfter, tasksPerSecondBefore,
 * worstBacklog, lost, stuck, executedTwice, repeatedSeconds, failed, late (tasks), refusedRuns and sentence. `faultTasksOf` has the tasks.
 */
export function faultsOf(experiment: Experiment): FigureTable<'faultsOf'> {
  const all = faultLedger(experiment);
  const column = (pick: (fault: FaultFigures) => number): Float64Array => Float64Array.from(all, pick);
  return table({
    kind: all.map(({ kind }) => kind),
    subject: all.map(({ subject }) => subject),
    atSeconds: column(({ atSeconds }) => atSeconds),
    endedSeconds: column(({ endedSeconds }) => endedSeconds),
    detectedSeconds: column(({ detectedSeconds }) => detectedSeconds),
    recoverySeconds: column(({ recoverySeconds }) => recoverySeconds),
    rateAfter: all.map(({ rateAfter }) => rateAfter),
    tasksPerSecondBefore: column(({ tasksPerSecondBefore }) => tasksPerSecondBefore),
    worstBacklog: column(({ worstBacklog }) => worstBacklog),
    lost: column(({ lost }) => lost),
    stuck: column(({ stuck }) => stuck),
    executedTwice: column(({ executedTwice }) => executedTwice),
    repeatedSeconds: column(({ repeatedSeconds }) => repeatedSeconds),
    failed: column(({ failed }) => failed),
    late: column(({ late }) => late),
    refusedRuns: column(({ refusedRuns }) => refusedRuns),
    sentence: all.map(({ sentence }) => sentence),
  }) as FigureTable<'faultsOf'>;
}

/** The tasks that a fault did something to, one row each: `explain` tells what is known of one. */
export function faultTasksOf(experiment: Experiment): FigureTable<'faultTasksOf'> {
  const rows = faultLedger(experiment).flatMap((fault, faultIndex) =>
    faultOutcomes.flatMap((outcome) => fault.tasks[outcome].map((task) => ({ faultIndex, outcome, task }))),
  );
  return table({
    faultIndex: Int32Array.from(rows, ({ faultIndex }) => faultIndex),
    outcome: rows.map(({ outcome }) => outcome),
    task: rows.map(({ task }) => task),
  }) as FigureTable<'faultTasksOf'>;
}
