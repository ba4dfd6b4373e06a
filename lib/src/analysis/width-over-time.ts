import { table } from 'arquero';
import { forEachFinish } from '../config/task-graph.ts';
import type { Experiment } from '../results/experiment.ts';
import { carries } from '../statistics/carries.ts';
import type { FigureTable } from './figure-tables.ts';
import { frameOf } from './frame.ts';
import { runFigures, spansOf } from './run-figures.ts';
import { shapedRuns } from './shaped-runs.ts';
import { sortNumbers } from './sort-numbers.ts';

export interface WidthOverTimeOptions {
  /** Moments at which tasks are counted, evenly spread. Default 120. */
  readonly points?: number;
}

/**
 * How many tasks of a run were in execution, by how long ago the run was due (in a closed loop: sent): the mean and the median of all runs and the band that
 * holds eight of ten, and what the shape asks for where nothing holds it up.
 *
 * Of the runs after the warm-up all of whose tasks finished; a run that has ended has 0. Percentiles are type 7 of Hyndman and Fan (`latencyOf`),
 * NaN where there are too few runs to say. Empty without a shape. Throws a RangeError when `points` is not a whole number above 1.
 */
export function widthOverTime(experiment: Experiment, options: WidthOverTimeOptions = {}): FigureTable<'widthOverTime'> {
  const { points = 120 } = options;
  if (!Number.isInteger(points) || points < 2)
    throw new RangeError(`widthOverTime: expected points to be a whole number above 1, got ${points}`);
  const shaped = shapedRuns(experiment);
  const whole = shaped?.whole ?? new Int32Array();
  const longest = runFigures(experiment).makespan.reduce((most, each) => Math.max(most, each), 0);
  const moments = whole.length === 0 ? 0 : points;
  const seconds = Float64Array.from({ length: moments }, (_, point) => (point * longest) / (points - 1));
  /** By point, how many runs had each width. */
  const runsBy = Array.from(seconds, () => new Int32Array(Math.max(0, ...(shaped?.graphs ?? []).map(({ taskCount }) => taskCount)) + 1));
  const { runs } = frameOf(experiment);
  for (const run of whole) {
    const { begins, ends } = spansOf(experiment, run);
    const wantedMs = runs.wantedMs[run] as number;
    for (const [point, width] of widthsAt(begins, ends, seconds, wantedMs).entries()) addOne(runsBy[point] as Int32Array, width);
  }
  const at = (p: number): Float64Array =>
    Float64Array.from(runsBy, (counts) =>
      carries(whole.length, Math.max(p, 1 - p)) ? quantileOfCounts(counts, whole.length, p) : Number.NaN,
    );
  return table({
    seconds,
    mean: Float64Array.from(runsBy, (counts) => counts.reduce((sum, count, width) => sum + count * width, 0) / whole.length),
    p10: at(0.1),
    p50: Float64Array.from(runsBy, (counts) => quantileOfCounts(counts, whole.length, 0.5)),
    p90: at(0.9),
    asked: askedWidths(experiment, seconds),
  }) as FigureTable<'widthOverTime'>;
}

/** How many of the spans hold each moment, `fromMs` being 0 s: a span holds its begin, not its end. */
function widthsAt(begins: Float64Array, ends: Float64Array, seconds: Float64Array, fromMs: number): Float64Array {
  let begun = 0;
  let ended = 0;
  return seconds.map((second) => {
    const atMs = fromMs + second * 1000;
    while ((begins[begun] ?? Infinity) <= atMs) begun++;
    while ((ends[ended] ?? Infinity) <= atMs) ended++;
    return begun - ended;
  });
}

/** The same, on average, of runs that an engine without any delay and with room for all of them would do. */
function askedWidths(experiment: Experiment, seconds: Float64Array): Float64Array {
  const shaped = shapedRuns(experiment);
  if (!shaped) return new Float64Array();
  const { graphOf, asked, askedSeconds } = shaped;
  const sum = new Float64Array(seconds.length);
  for (const run of asked) {
    const graph = graphOf(run);
    if (!graph) continue;
    const begins = new Float64Array(graph.taskCount);
    const ends = new Float64Array(graph.taskCount);
    const askedMs = (task: number): number => 1000 * askedSeconds(run, task);
    forEachFinish(graph, askedMs, (task, finishMs) => {
      ends[task] = finishMs;
      begins[task] = finishMs - askedMs(task);
    });
    for (const [point, width] of widthsAt(sortNumbers(begins), sortNumbers(ends), seconds, 0).entries())
      sum[point] = (sum[point] as number) + width;
  }
  return sum.map((width) => width / asked.length);
}

/** A quantile of whole numbers from 0, of which it is known how many there are of each. */
function quantileOfCounts(counts: Int32Array, total: number, p: number): number {
  const position = (total - 1) * p;
  const valueAt = (rank: number): number => {
    let seen = 0;
    return counts.findIndex((count) => (seen += count) > rank);
  };
  const low = valueAt(Math.floor(position));
  return low + (valueAt(Math.ceil(position)) - low) * (position - Math.floor(position));
}

function addOne(counts: Int32Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}
