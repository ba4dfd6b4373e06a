import { wholeColumn } from '../analysis/columns.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { frameOf } from '../analysis/frame.ts';
import { backlogRuns, startBacklog } from '../analysis/start-backlog.ts';
import { thinSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import { figureOfAny, labelExperiments } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { stateColors } from './theme.ts';
import type { TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';

/**
 * How a backlog was taken up that the schedulers found when they started: its tasks that had not been claimed, and those that had not ended, by time.
 * Several experiments stand side by side, on the same axes. Experiments without a backlog are left out.
 */
export function plotBacklog(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotBacklog');
  const drained = all.filter((experiment) => startBacklog(experiment).tasks > 0);
  if (drained.length === 0) return emptyPlot(all, 'Backlog at the start: no config asked for one', options);
  const labelled = labelExperiments(drained, options, options.facet);
  const facets = labelled.map(({ experiment, name }) => ({ heading: name, panels: [panelOf(experiment)] }));
  const drain = figureOfAny(
    labelled,
    (experiment) => startBacklog(experiment).drainSeconds,
    (seconds) => (Number.isNaN(seconds) ? 'not drained' : `drained after ${formatSeconds(seconds)}`),
  );
  const colors = { 'not claimed': stateColors.pending, 'not ended': stateColors.running };
  const timeTitle = 'seconds since the schedulers began to be started';
  return framePlot(all, { title: `Backlog at the start: ${drain}` }, timePanels(facets, { plot: options, colors, timeTitle }), options);
}

function panelOf(experiment: Experiment): TimePanel {
  const { tasks } = frameOf(experiment);
  const { schedulerStartMs = Number.NaN } = experiment.manifest.times;
  const runs = backlogRuns(experiment);
  const rows = [...wholeColumn(experiment.tasks, 'runIndex').entries()].flatMap(([row, runIndex]) => (runIndex < runs ? [row] : []));
  const secondsOf = (column: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => ((column[row] as number) - schedulerStartMs) / 1000)
      .filter((seconds) => !Number.isNaN(seconds))
      .sort();
  const isTold = tasks.dispatchedMs.some((ms) => !Number.isNaN(ms));
  const claimed = secondsOf(isTold ? tasks.dispatchedMs : tasks.startedMs);
  const ended = secondsOf(tasks.finishedMs);
  const times = Float64Array.from(new Set([0, ...claimed, ...ended])).sort();
  const { tasks: total } = startBacklog(experiment);
  const data = { times, values: { 'not claimed': leftAt(times, claimed, total), 'not ended': leftAt(times, ended, total) } };
  return {
    name: 'left',
    title: 'tasks of the backlog',
    unit: 'tasks',
    data: thinSeries(data, { by: 'last', maxPoints: 200 }),
    mark: 'step',
    height: 200,
    format: ',',
  };
}

/** Of so many, those that had not happened by each time; both ascending. */
function leftAt(times: Float64Array, happened: Float64Array, total: number): Float64Array {
  let count = 0;
  return times.map((time) => {
    while (count < happened.length && (happened[count] as number) <= time) count++;
    return total - count;
  });
}
