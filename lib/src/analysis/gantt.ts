import { table } from 'arquero';
import { parentsIn } from '../config/task-graph.ts';
import type { Experiment } from '../results/experiment.ts';
import type { FigureTable } from './figure-tables.ts';
import { frameOf } from './frame.ts';
import { runFigures } from './run-figures.ts';
import { shapedRuns } from './shaped-runs.ts';

export interface GanttOptions {
  /** Which run: its index in the schedule, or the one with the median or the longest makespan. Default median. */
  readonly run?: number | 'median' | 'slowest';
}

/**
 * When each task of one run could begin, began and ended, in the order of their begins, and which of them made the run as long as it was: the
 * last to end, the last to end of those that it came after, and so on.
 *
 * Columns: runIndex, taskIndex; readySeconds (the last of its parents had ended; 0 without parents), startedSeconds and finishedSeconds since the run was
 * due (in a closed loop: sent); gapSeconds between ready and started; lastParent (-1 without parents); critical. Empty without a shape, or where no
 * run finished whole. Throws a RangeError for a run that is not there, is of the warm-up, or did not finish whole.
 */
export function ganttOf(experiment: Experiment, options: GanttOptions = {}): FigureTable<'ganttOf'> {
  const run = chosenRun(experiment, options.run ?? 'median');
  const shaped = shapedRuns(experiment);
  const { runs, tasks } = frameOf(experiment);
  const count = shaped && run !== undefined ? (shaped.graphOf(run)?.taskCount ?? 0) : 0;
  const wantedMs = runs.wantedMs[run ?? -1] ?? Number.NaN;
  const secondsOf = (times: Float64Array): Float64Array =>
    Float64Array.from({ length: count }, (_, task) => ((times[shaped?.rowOf(run ?? -1, task) ?? -1] as number) - wantedMs) / 1000);
  const started = secondsOf(tasks.startedMs);
  const finished = secondsOf(tasks.finishedMs);
  const lastParent = new Int32Array(count).fill(-1);
  for (let task = 0; task < count; task++)
    for (const parent of parentsIn(shaped?.graphOf(run ?? -1), task))
      if (lastParent[task] === -1 || (finished[parent] as number) >= (finished[lastParent[task] as number] as number))
        lastParent[task] = parent;
  const critical = Array.from({ length: count }, () => false);
  let last = finished.reduce((latest, end, task) => (latest === -1 || end > (finished[latest] as number) ? task : latest), -1);
  for (; last !== -1; last = lastParent[last] as number) critical[last] = true;

  const order = Int32Array.from({ length: count }, (_, task) => task).sort(
    (one, other) => (started[one] as number) - (started[other] as number) || one - other,
  );
  const ready = Float64Array.from(order, (task) => (lastParent[task] === -1 ? 0 : (finished[lastParent[task] as number] as number)));
  return table({
    runIndex: order.map(() => runs.runIndex[run ?? -1] as number),
    taskIndex: order,
    readySeconds: ready,
    startedSeconds: Float64Array.from(order, (task) => started[task] as number),
    finishedSeconds: Float64Array.from(order, (task) => finished[task] as number),
    gapSeconds: Float64Array.from(order, (task, place) => (started[task] as number) - (ready[place] as number)),
    lastParent: order.map((task) => lastParent[task] as number),
    critical: Array.from(order, (task) => critical[task] as boolean),
  }) as FigureTable<'ganttOf'>;
}

/** The row of the run; undefined where there is none to choose from. */
function chosenRun(experiment: Experiment, wanted: number | 'median' | 'slowest'): number | undefined {
  const whole = shapedRuns(experiment)?.whole ?? new Int32Array();
  if (typeof wanted === 'number') {
    const { runs } = frameOf(experiment);
    const found = whole.find((run) => runs.runIndex[run] === wanted);
    if (found === undefined)
      throw new RangeError(`ganttOf: expected the index of a run after the warm-up all of whose tasks finished, got ${wanted}`);
    return found;
  }
  const { makespan } = runFigures(experiment);
  const byLength = Int32Array.from(whole, (_, place) => place).sort(
    (one, other) => (makespan[one] as number) - (makespan[other] as number),
  );
  const place = wanted === 'slowest' ? byLength.at(-1) : byLength[Math.floor((byLength.length - 1) / 2)];
  return place === undefined ? undefined : whole[place];
}
