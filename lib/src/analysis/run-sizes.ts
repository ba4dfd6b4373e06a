import { workflowsOf } from '../config/mixed.ts';
import type { Experiment } from '../results/experiment.ts';
import { type Frame, frameOf, submittedCode } from './frame.ts';
import { perExperiment } from './per-experiment.ts';

/** How many tasks the runs of an experiment have: of several workflows each its own number. */
export interface RunSizes {
  /** Of a run by its row in `frameOf(experiment).runs`. */
  readonly of: (run: number) => number;
  /** Of all runs that the engine accepted. */
  readonly submitted: number;
  /** Of those of them that a function of the row says so of. */
  readonly submittedIf: (isCounted: (run: number) => boolean) => number;
  /** On average of those; of all rows where it accepted none. */
  readonly mean: number;
  /** The most that any workflow has. */
  readonly most: number;
}

/** The number of tasks of each run. */
export const runSizes = perExperiment((experiment: Experiment): RunSizes => {
  const workflows = workflowsOf(experiment.manifest.config);
  const sizes = workflows.map(({ tasks }) => tasks);
  const [only = 0] = sizes;
  const { runs } = frameOf(experiment);
  const of = sizes.length === 1 ? () => only : (run: number) => sizes[runs.workflow[run] as number] ?? 0;
  const [all, submitted, accepted] = sum(runs, of);
  const mean = accepted > 0 ? submitted / accepted : runs.count > 0 ? all / runs.count : only;
  const submittedIf = (isCounted: (run: number) => boolean): number => {
    let tasks = 0;
    for (let run = 0; run < runs.count; run++) if (runs.status[run] === submittedCode && isCounted(run)) tasks += of(run);
    return tasks;
  };
  return { of, submitted, submittedIf, mean, most: Math.max(...sizes) };
});

function sum(runs: Frame['runs'], of: (run: number) => number): readonly [all: number, submitted: number, accepted: number] {
  let [all, submitted, accepted] = [0, 0, 0];
  for (let run = 0; run < runs.count; run++) {
    all += of(run);
    if (runs.status[run] !== submittedCode) continue;
    submitted += of(run);
    accepted++;
  }
  return [all, submitted, accepted];
}
