import { drawnSeconds } from '../config/task-duration.ts';
import { type TaskGraph, longestPath, taskGraph } from '../config/task-graph.ts';
import type { Experiment } from '../results/experiment.ts';
import { textColumn, wholeColumn } from './columns.ts';
import { finishedCode, frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';

/** The runs of an experiment whose tasks come after one another, and where their tasks are. */
export interface ShapedRuns {
  readonly graph: TaskGraph;
  /** Rows of the runs, in `frameOf(experiment).runs`, that are after the warm-up and all of whose tasks finished. */
  readonly whole: Int32Array;
  /** The row of a task of a run, in `frameOf(experiment).tasks`; -1 where there is none. */
  readonly rowOf: (run: number, task: number) => number;
  /** What the config asks of a task of a run, or drew for it; the same in all runs where nothing is drawn. */
  readonly askedSeconds: (run: number, task: number) => number;
  /** Runs that differ in what was asked of them: one of them where nothing is drawn, else those of `whole`. */
  readonly asked: Int32Array;
}

/** The shape of an experiment's runs, and the runs that figures of it are of; undefined where no task comes after another. */
export const shapedRuns = perExperiment((experiment: Experiment): ShapedRuns | undefined => {
  const graph = taskGraph(experiment.manifest.config);
  if (graph === undefined) return undefined;
  const { runs, tasks } = frameOf(experiment);
  const { taskCount } = graph;
  const indexes = wholeColumn(experiment.tasks, 'taskIndex');
  const rows = new Int32Array(runs.count * taskCount).fill(-1);
  const finished = new Int32Array(runs.count);
  for (let row = 0; row < tasks.count; row++) {
    const run = tasks.run[row] as number;
    const task = indexes[row] as number;
    if (run < 0 || task < 0 || task >= taskCount) continue;
    rows[run * taskCount + task] = row;
    if (tasks.status[row] === finishedCode) finished[run] = (finished[run] as number) + 1;
  }
  const whole = Int32Array.from({ length: runs.count }, (_, run) => run).filter(
    (run) => finished[run] === taskCount && runs.warmUp[run] !== 1,
  );
  const { duration } = experiment.manifest.config;
  const runIds = typeof duration === 'number' ? [] : textColumn(experiment.runs, 'runId');
  return {
    graph,
    whole,
    rowOf: (run, task) => rows[run * taskCount + task] ?? -1,
    askedSeconds: (run, task) => drawnSeconds(duration, runIds[run] ?? '', task),
    asked: typeof duration === 'number' ? Int32Array.of(0) : whole,
  };
});

/** The seconds that the config asks for, or drew, on the longest way through the graph of one run. */
export function askedPathOf({ graph, askedSeconds }: ShapedRuns, run: number): number {
  return longestPath(graph, (task) => askedSeconds(run, task));
}

/** The same on average of the runs; NaN without a shape. */
export function askedPathSeconds(experiment: Experiment): number {
  const shaped = shapedRuns(experiment);
  if (!shaped) return Number.NaN;
  return shaped.asked.reduce((sum, run) => sum + askedPathOf(shaped, run), 0) / shaped.asked.length;
}
