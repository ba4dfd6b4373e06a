import { longestPath } from '../config/task-graph.ts';
import type { Experiment } from '../results/experiment.ts';
import { frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';
import { askedPathOf, shapedRuns } from './shaped-runs.ts';
import { timesInDoubt } from './times-in-doubt.ts';

/** What is known of each run that is whole, by its place in `ShapedRuns.whole`; seconds, numbers of tasks, and shares of 1. */
export interface RunFigures {
  /** From when the run was due, in a closed loop sent, to the end of its last task. */
  readonly makespan: Float64Array;
  /** That over the longest way through the graph, each task as long as the config asks for. */
  readonly overAsked: Float64Array;
  /** That over the longest way through the graph, each task as long as it was executed. */
  readonly overMeasured: Float64Array;
  /** Most of its tasks in execution at once. */
  readonly peakWidth: Float64Array;
  /** Its tasks in execution at once, on average from the begin of the first to the end of the last. */
  readonly meanWidth: Float64Array;
}

/** The figures of each whole run. Those that need the begin of an execution are NaN where the samples contradict the engine's times. */
export const runFigures = perExperiment((experiment: Experiment): RunFigures => {
  const shaped = shapedRuns(experiment);
  const count = shaped?.whole.length ?? 0;
  const column = (): Float64Array => new Float64Array(count).fill(Number.NaN);
  const figures = { makespan: column(), overAsked: column(), overMeasured: column(), peakWidth: column(), meanWidth: column() };
  if (!shaped) return figures;
  const { runs, tasks } = frameOf(experiment);
  const { graphOf, whole, rowOf } = shaped;
  const isDoubted = timesInDoubt(experiment) !== undefined;
  for (const [place, run] of whole.entries()) {
    const graph = graphOf(run);
    if (!graph) continue;
    const executionMs = (task: number): number => {
      const row = rowOf(run, task);
      return (tasks.finishedMs[row] as number) - (tasks.startedMs[row] as number);
    };
    const spans = spansOf(experiment, run);
    const lastMs = spans.ends.at(-1) ?? Number.NaN;
    const makespanSeconds = (lastMs - (runs.wantedMs[run] as number)) / 1000;
    figures.makespan[place] = makespanSeconds;
    const askedSeconds = askedPathOf(shaped, run);
    if (askedSeconds > 0) figures.overAsked[place] = makespanSeconds / askedSeconds;
    if (isDoubted || spans.begins.length < graph.taskCount) continue;
    const measuredSeconds = longestPath(graph, executionMs) / 1000;
    if (measuredSeconds > 0) figures.overMeasured[place] = makespanSeconds / measuredSeconds;
    figures.peakWidth[place] = mostAtOnce(spans);
    let busyMs = 0;
    for (let task = 0; task < graph.taskCount; task++) busyMs += executionMs(task);
    const spanMs = lastMs - (spans.begins[0] as number);
    if (spanMs > 0) figures.meanWidth[place] = busyMs / spanMs;
  }
  return figures;
});

/** When the tasks of a run began and ended, epoch milliseconds, each ascending. */
export interface Spans {
  readonly begins: Float64Array;
  readonly ends: Float64Array;
}

/** The executions of a run's tasks; what is not known is left out. */
export function spansOf(experiment: Experiment, run: number): Spans {
  const shaped = shapedRuns(experiment);
  if (!shaped) return { begins: new Float64Array(), ends: new Float64Array() };
  const { tasks } = frameOf(experiment);
  const rows = Int32Array.from({ length: shaped.graphOf(run)?.taskCount ?? 0 }, (_, task) => shaped.rowOf(run, task));
  const sorted = (times: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => times[row] ?? Number.NaN)
      .filter(Number.isFinite)
      .sort();
  return { begins: sorted(tasks.startedMs), ends: sorted(tasks.finishedMs) };
}

function mostAtOnce({ begins, ends }: Spans): number {
  let most = 0;
  for (let begun = 1, ended = 0; begun <= begins.length; begun++) {
    // One that ends as another begins was not there with it.
    while ((ends[ended] ?? Infinity) <= (begins[begun - 1] as number)) ended++;
    most = Math.max(most, begun - ended);
  }
  return most;
}
