import type { Experiment } from '../results/experiment.ts';
import { frameOf, submittedCode } from './frame.ts';
import { runSizes } from './run-sizes.ts';
import { perExperiment } from './per-experiment.ts';

/** From when to when each run was in flight, by its row; NaN for what is not known or never came. */
export interface RunStretches {
  readonly fromMs: Float64Array;
  readonly toMs: Float64Array;
}

/** From when each accepted run was sent until the last of its tasks ended. Those of the warm-up are among them. */
export const runStretches = perExperiment((experiment: Experiment): RunStretches => {
  const { runs, tasks } = frameOf(experiment);
  const endedTasks = new Int32Array(runs.count);
  const lastEndMs = new Float64Array(runs.count).fill(-Infinity);
  for (let row = 0; row < tasks.count; row++) {
    const run = tasks.run[row] as number;
    const endMs = tasks.finishedMs[row] as number;
    if (Number.isNaN(endMs) || run < 0) continue;
    (endedTasks[run] as number)++;
    if (endMs > (lastEndMs[run] as number)) lastEndMs[run] = endMs;
  }
  const sizes = runSizes(experiment);
  return {
    fromMs: runs.sentMs.map((ms, row) => (runs.status[row] === submittedCode ? ms : Number.NaN)),
    toMs: lastEndMs.map((ms, row) => ((endedTasks[row] as number) >= sizes.of(row) ? ms : Number.NaN)),
  };
});
