import { table } from 'arquero';
import type { FigureTable } from './figure-tables.ts';
import type { Experiment } from '../results/experiment.ts';
import { type PhaseName, phaseOf, phases } from '../results/phases.ts';
import { wholeColumn } from './columns.ts';
import { type Distribution, distribution } from './distribution.ts';
import { frameOf } from './frame.ts';
import { NumberColumn } from '../results/table-columns.ts';
import { loadSpan } from './load-span.ts';
import { type NumberPieces, allOf, workedOut } from './number-pieces.ts';
import { perExperiment, perExperimentAnd } from './per-experiment.ts';
import { timesInDoubt } from './times-in-doubt.ts';

/** The column of `taskPhases` that holds a phase. */
export function phaseColumn(phase: PhaseName): `${PhaseName}Seconds` {
  return `${phase}Seconds`;
}

/**
 * How long each finished task was in each phase, one row a task.
 *
 * Columns: runIndex, taskIndex; dueSeconds (of its run), createdSeconds and finishedSeconds since the first submission; submissionSeconds
 * (from when its run was due, in a closed loop sent, to created), waitSeconds,
 * dispatchSeconds, executionSeconds, latencySeconds (created to finished) and responseSeconds (due, in a closed loop sent, to finished), NaN where
 * a time is not known; dispatchSeconds and executionSeconds also where the samples contradict the engine's times (`timesInDoubt`). Tasks that did not finish and tasks of runs in the warm-up are left out: `ledger` counts them.
 */
export const taskPhases = perExperiment((experiment: Experiment): FigureTable<'taskPhases'> => {
  const { measured } = frameOf(experiment);
  const lazy = <T extends Float64Array | Int32Array>(compute: () => T): NumberColumn<T> => new NumberColumn(measured.length, compute);
  return table({
    runIndex: lazy(() => measured.map((row) => wholeColumn(experiment.tasks, 'runIndex')[row] ?? -1)),
    taskIndex: lazy(() => measured.map((row) => wholeColumn(experiment.tasks, 'taskIndex')[row] ?? -1)),
    ...Object.fromEntries(moments.map((name) => [momentColumn(name), lazy(() => allOf(momentPieces(experiment, name)))])),
    ...Object.fromEntries(phases.map(({ name }) => [phaseColumn(name), lazy(() => phaseSeconds(experiment, name))])),
  }) as FigureTable<'taskPhases'>;
});

const moments = ['due', 'created', 'finished'] as const;
/** A moment of a task that has a column in `taskPhases`. */
export type Moment = (typeof moments)[number];

/** The column of `taskPhases` that holds a moment. */
export function momentColumn(moment: Moment): `${Moment}Seconds` {
  return `${moment}Seconds`;
}

/** Seconds from the first submission to a moment of each finished task, by row of `taskPhases`. */
export function momentPieces(experiment: Experiment, moment: Moment): NumberPieces {
  const { runs, tasks, measured } = frameOf(experiment);
  const { originMs } = loadSpan(experiment);
  return workedOut(measured.length, (seconds, from) => {
    const rows = measured.subarray(from, from + seconds.length);
    if (moment === 'due') pickOfRuns(seconds, runs.dueMs, tasks.run, rows);
    else pick(seconds, tasks[`${moment}Ms`], rows);
    for (let index = 0; index < seconds.length; index++) seconds[index] = ((seconds[index] as number) - originMs) / 1000;
  });
}

/** Seconds that each finished task was in a phase, by row of `taskPhases`; worked out where they are needed once, so that memory holds none. */
export function phasePieces(experiment: Experiment, name: PhaseName): NumberPieces {
  const { from: begin, to: end } = phaseOf(name);
  const { runs, tasks, measured } = frameOf(experiment);
  if ([begin, end].includes('startedMs') && timesInDoubt(experiment))
    return workedOut(measured.length, (seconds) => seconds.fill(Number.NaN));
  return workedOut(measured.length, (seconds, from) => {
    const rows = measured.subarray(from, from + seconds.length);
    if (begin === 'wantedMs') subtractOfRuns(seconds, tasks[end], runs.wantedMs, tasks.run, rows);
    else subtract(seconds, tasks[end], tasks[begin], rows);
  });
}

function pick(into: Float64Array, times: Float64Array, rows: Int32Array): void {
  for (let index = 0; index < rows.length; index++) into[index] = times[rows[index] as number] as number;
}

function pickOfRuns(into: Float64Array, times: Float64Array, run: Int32Array, rows: Int32Array): void {
  for (let index = 0; index < rows.length; index++) into[index] = times[run[rows[index] as number] as number] ?? Number.NaN;
}

function subtract(into: Float64Array, ends: Float64Array, begins: Float64Array, rows: Int32Array): void {
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    into[index] = ((ends[row] as number) - (begins[row] as number)) / 1000;
  }
}

function subtractOfRuns(into: Float64Array, ends: Float64Array, begins: Float64Array, run: Int32Array, rows: Int32Array): void {
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    into[index] = ((ends[row] as number) - (begins[run[row] as number] ?? Number.NaN)) / 1000;
  }
}

/** The same, all of them. Not to be written to. */
export const phaseSeconds = perExperimentAnd((experiment: Experiment, name: PhaseName): Float64Array =>
  allOf(phasePieces(experiment, name)),
);

/** A phase in brief. */
export const phaseDistribution = perExperimentAnd((experiment: Experiment, phase: PhaseName): Distribution =>
  distribution(phasePieces(experiment, phase)),
);
