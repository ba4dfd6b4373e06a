import { configOf, isMixed, workflowsOf } from '../config/mixed.ts';
import { type TaskDuration, drawnSeconds } from '../config/task-duration.ts';
import { type TaskGraph, longestPath, taskGraph } from '../config/task-graph.ts';
import type { Experiment } from '../results/experiment.ts';
import { textColumn, wholeColumn } from './columns.ts';
import { finishedCode, frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';
import { runSizes } from './run-sizes.ts';

/** The runs of an experiment whose tasks come after one another, and where their tasks are. */
export interface ShapedRuns {
  /** Of a run, by its row; of several workflows a run may have none. */
  readonly graphOf: (run: number) => TaskGraph | undefined;
  /** Of all workflows that have one. */
  readonly graphs: readonly TaskGraph[];
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
  const { config } = experiment.manifest;
  const workflows = workflowsOf(config);
  const graphs = workflows.map((workflow) => taskGraph(configOf(config, workflow)));
  if (graphs.every((graph) => graph === undefined)) return undefined;
  const { runs, tasks } = frameOf(experiment);
  const sizes = runSizes(experiment);
  const graphOf = (run: number): TaskGraph | undefined => graphs[runs.workflow[run] as number];
  const first = new Float64Array(runs.count + 1);
  for (let run = 0; run < runs.count; run++) first[run + 1] = (first[run] as number) + (graphOf(run) ? sizes.of(run) : 0);
  const indexes = wholeColumn(experiment.tasks, 'taskIndex');
  const rows = new Int32Array(first[runs.count] as number).fill(-1);
  const finished = new Int32Array(runs.count);
  for (let row = 0; row < tasks.count; row++) {
    const run = tasks.run[row] as number;
    const task = indexes[row] as number;
    if (run < 0 || task < 0 || task >= (graphOf(run)?.taskCount ?? 0)) continue;
    rows[(first[run] as number) + task] = row;
    if (tasks.status[row] === finishedCode) finished[run] = (finished[run] as number) + 1;
  }
  const whole = Int32Array.from({ length: runs.count }, (_, run) => run).filter(
    (run) => finished[run] === graphOf(run)?.taskCount && runs.warmUp[run] !== 1,
  );
  const isDrawn = workflows.some(({ duration }) => typeof duration !== 'number');
  const runIds = isDrawn ? textColumn(experiment.runs, 'runId') : [];
  const durationOf = (run: number): TaskDuration => workflows[runs.workflow[run] as number]?.duration ?? config.duration;
  return {
    graphOf,
    graphs: graphs.filter((graph) => graph !== undefined),
    whole,
    rowOf: (run, task) => (task < (graphOf(run)?.taskCount ?? 0) ? (rows[(first[run] as number) + task] ?? -1) : -1),
    askedSeconds: (run, task) => drawnSeconds(durationOf(run), runIds[run] ?? '', task),
    asked: isDrawn || isMixed(config) ? whole : Int32Array.of(0),
  };
});

/** The seconds that the config asks for, or drew, on the longest way through the graph of one run. */
export function askedPathOf({ graphOf, askedSeconds }: ShapedRuns, run: number): number {
  const graph = graphOf(run);
  return graph === undefined ? Number.NaN : longestPath(graph, (task) => askedSeconds(run, task));
}

/** The same on average of the runs; NaN without a shape. */
export function askedPathSeconds(experiment: Experiment): number {
  const shaped = shapedRuns(experiment);
  if (!shaped) return Number.NaN;
  return shaped.asked.reduce((sum, run) => sum + askedPathOf(shaped, run), 0) / shaped.asked.length;
}
