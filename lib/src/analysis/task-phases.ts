import { type ColumnTable, table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { type PhaseName, type PhaseTime, phaseOf, phases } from '../results/phases.ts';
import { wholeColumn } from './columns.ts';
import { type Distribution, distribution } from './distribution.ts';
import { frameOf } from './frame.ts';
import { LazyColumn } from './lazy-column.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
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
export const taskPhases = perExperiment((experiment: Experiment): ColumnTable => {
  const { runs, tasks, measured } = frameOf(experiment);
  const { originMs } = loadSpan(experiment);
  const lazy = <T extends Float64Array | Int32Array>(compute: () => T): LazyColumn<T> => new LazyColumn(measured.length, compute);
  /** Seconds since the first submission of a time of tasks, or of their runs. */
  const since = (times: Float64Array, run?: Int32Array): LazyColumn<Float64Array> =>
    lazy(() => {
      const seconds = new Float64Array(measured.length);
      for (let index = 0; index < seconds.length; index++) {
        const row = measured[index] as number;
        seconds[index] = ((times[run ? (run[row] as number) : row] ?? Number.NaN) - originMs) / 1000;
      }
      return seconds;
    });
  return table({
    runIndex: lazy(() => measured.map((row) => wholeColumn(experiment.tasks, 'runIndex')[row] ?? -1)),
    taskIndex: lazy(() => measured.map((row) => wholeColumn(experiment.tasks, 'taskIndex')[row] ?? -1)),
    dueSeconds: since(runs.dueMs, tasks.run),
    createdSeconds: since(tasks.createdMs),
    finishedSeconds: since(tasks.finishedMs),
    ...Object.fromEntries(phases.map(({ name }) => [phaseColumn(name), lazy(() => phaseSeconds(experiment, name))])),
  });
});

/** Seconds that each finished task was in a phase, by row of `taskPhases`. Not to be written to. */
export function phaseSeconds(experiment: Experiment, phase: PhaseName): Float64Array {
  const known = secondsByPhase(experiment);
  let seconds = known.get(phase);
  if (seconds === undefined) known.set(phase, (seconds = computeSeconds(experiment, phase)));
  return seconds;
}

/** A phase in brief: its figures are worked out once. */
export function phaseDistribution(experiment: Experiment, phase: PhaseName): Distribution {
  const known = distributionByPhase(experiment);
  let figures = known.get(phase);
  if (figures === undefined) known.set(phase, (figures = distribution(phaseSeconds(experiment, phase))));
  return figures;
}

const secondsByPhase = perExperiment(() => new Map<PhaseName, Float64Array>());
const distributionByPhase = perExperiment(() => new Map<PhaseName, Distribution>());

function computeSeconds(experiment: Experiment, name: PhaseName): Float64Array {
  const { from, to } = phaseOf(name);
  const { runs, tasks, measured } = frameOf(experiment);
  const seconds = new Float64Array(measured.length);
  if ([from, to].includes('startedMs') && timesInDoubt(experiment)) return seconds.fill(Number.NaN);
  const timesOf = (time: PhaseTime): Float64Array => (time === 'wantedMs' ? runs.wantedMs : tasks[time]);
  const [begins, ends] = [timesOf(from), timesOf(to)];
  const isOfRun = from === 'wantedMs';
  for (let index = 0; index < measured.length; index++) {
    const row = measured[index] as number;
    const begin = isOfRun ? (begins[tasks.run[row] as number] ?? Number.NaN) : (begins[row] as number);
    seconds[index] = ((ends[row] as number) - begin) / 1000;
  }
  return seconds;
}
