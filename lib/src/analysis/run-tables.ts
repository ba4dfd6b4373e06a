import { table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { dependencyGaps } from './dependency-gaps.ts';
import type { FigureTable } from './figure-tables.ts';
import { frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { runFigures } from './run-figures.ts';
import { shapedRuns } from './shaped-runs.ts';

/**
 * How long each run took that has a shape and all of whose tasks finished, one row a run; runs of the warm-up are left out. Empty without a shape.
 *
 * Columns that need the begin of an execution are NaN where the samples contradict the engine's times.
 */
export const makespansOf = perExperiment((experiment: Experiment): FigureTable<'makespansOf'> => {
  const { runs } = frameOf(experiment);
  const { originMs } = loadSpan(experiment);
  const whole = shapedRuns(experiment)?.whole ?? new Int32Array();
  const { makespan, overAsked, overMeasured, peakWidth, meanWidth } = runFigures(experiment);
  return table({
    runIndex: whole.map((run) => runs.runIndex[run] as number),
    dueSeconds: Float64Array.from(whole, (run) => ((runs.dueMs[run] as number) - originMs) / 1000),
    makespanSeconds: makespan,
    overAskedRatio: overAsked,
    overMeasuredRatio: overMeasured,
    peakWidth,
    meanWidth,
  }) as FigureTable<'makespansOf'>;
});

/**
 * How long each task that comes after others waited when the last of them had ended, one row a finished task; runs of the warm-up are left
 * out. Empty without a shape.
 */
export const dependencyGapsOf = perExperiment((experiment: Experiment): FigureTable<'dependencyGapsOf'> => {
  const { runs } = frameOf(experiment);
  const { run, task, lastParent, seconds } = dependencyGaps(experiment);
  return table({
    runIndex: run.map((row) => runs.runIndex[row] as number),
    taskIndex: task,
    lastParent,
    gapSeconds: seconds,
  }) as FigureTable<'dependencyGapsOf'>;
});
