import { parentsIn } from '../config/task-graph.ts';
import type { Experiment } from '../results/experiment.ts';
import { wholeColumn } from './columns.ts';
import { frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';
import { shapedRuns } from './shaped-runs.ts';
import { timesInDoubt } from './times-in-doubt.ts';

/** The wait of each task for nothing but the engine: one number a finished task that comes after others, runs of the warm-up left out. */
export interface DependencyGaps {
  /** Row of its run in `frameOf(experiment).runs`. */
  readonly run: Int32Array;
  readonly task: Int32Array;
  /** The parent that ended last. */
  readonly lastParent: Int32Array;
  /** From the end of the last of its parents to its begin; below zero: it began before. NaN where a time is not known. */
  readonly seconds: Float64Array;
}

/** The gaps of all tasks that come after others. */
export const dependencyGaps = perExperiment((experiment: Experiment): DependencyGaps => {
  const shaped = shapedRuns(experiment);
  const { runs, tasks, measured } = frameOf(experiment);
  const indexes = wholeColumn(experiment.tasks, 'taskIndex');
  const children = shaped
    ? measured.filter((row) => parentsIn(shaped.graphOf(tasks.run[row] as number), indexes[row] as number).length > 0)
    : new Int32Array();
  const gaps = {
    run: children.map((row) => tasks.run[row] as number),
    task: children.map((row) => indexes[row] as number),
    lastParent: new Int32Array(children.length).fill(-1),
    seconds: new Float64Array(children.length).fill(Number.NaN),
  };
  if (!shaped || timesInDoubt(experiment) || runs.count === 0) return gaps;
  for (const [place, row] of children.entries()) {
    let endMs = Number.NEGATIVE_INFINITY;
    for (const parent of parentsIn(shaped.graphOf(tasks.run[row] as number), indexes[row] as number)) {
      const parentEndMs = tasks.finishedMs[shaped.rowOf(tasks.run[row] as number, parent)] ?? Number.NaN;
      // One whose end is not known makes the gap unknown: it never compares as later.
      if (Number.isNaN(parentEndMs)) {
        endMs = Number.NaN;
        break;
      }
      if (parentEndMs < endMs) continue;
      endMs = parentEndMs;
      gaps.lastParent[place] = parent;
    }
    gaps.seconds[place] = ((tasks.startedMs[row] as number) - endMs) / 1000;
  }
  return gaps;
});

/** Clocks of one machine, read in different processes and rounded to milliseconds. */
const clockToleranceSeconds = 0.005;

/** Tasks that began before one had ended that they come after, by more than clocks may be off. */
export function earlyTasks(experiment: Experiment): number {
  let early = 0;
  for (const seconds of dependencyGaps(experiment).seconds) if (seconds < -clockToleranceSeconds) early++;
  return early;
}
