import { numberColumn, textColumn } from '../analysis/columns.ts';
import { plural, threeDigits } from '../analysis/format-figure.ts';
import { mostPending, taskStateNames, taskStates } from '../analysis/task-states.ts';
import type { Experiment } from '../results/experiment.ts';
import { labelExperiments, figureOfEach } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { timeAxisTitle } from './axes.ts';
import { markNotes, markedPanels, timeMarks } from './time-marks.ts';
import type { TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';
import { stateColors } from './theme.ts';

/** The states of a task that has yet to end, and those of one that has. */
const openStates: ReadonlySet<string> = new Set(['pending', 'dispatched', 'running']);

/**
 * How many tasks were pending, dispatched and running, stacked, by time, and below it on a scale of its own how many had ended by then, so
 * that a queue shows also in an experiment of many tasks. Several experiments stand side by side, on the same axes. Where one stalled is marked.
 */
export function plotTaskStates(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotTaskStates');
  const read = all.filter(({ tasks }) => tasks.numRows() > 0);
  if (read.length === 0) return emptyPlot(all, 'Tasks by state: no task was read', options);
  const labelled = labelExperiments(read, options, options.facet);
  const colors = Object.fromEntries(taskStateNames.map((state) => [state, stateColors[state]]));
  const facets = labelled.map(({ experiment, name }) => ({
    heading: name,
    panels: markedPanels(panelsOf(experiment), timeMarks(experiment)),
  }));
  const [first] = read;
  const most =
    labelled.length === 1 && first
      ? `: at most ${plural(mostPending(first), 'task')} pending at once`
      : `, pending at once at most: ${figureOfEach(labelled, mostPending, threeDigits)}`;
  return framePlot(
    all,
    { title: `Tasks by state${most}`, notes: markNotes(labelled) },
    timePanels(facets, { plot: options, colors, timeTitle: timeAxisTitle(read) }),
    options,
  );
}

function panelsOf(experiment: Experiment): readonly TimePanel[] {
  const rows = taskStates(experiment, { points: 120 });
  const seconds = numberColumn(rows, 'seconds');
  const tasks = numberColumn(rows, 'tasks');
  const states = textColumn(rows, 'state');
  const of = (column: Float64Array, state: string): Float64Array => column.filter((_, row) => states[row] === state);
  const names = [...new Set(states)];
  const times = of(seconds, names[0] ?? '');
  const dataOf = (isOpen: boolean) => ({
    times,
    values: Object.fromEntries(names.filter((name) => openStates.has(name) === isOpen).map((name) => [name, of(tasks, name)])),
  });
  return [
    { name: 'open', title: 'tasks that have not ended', unit: 'tasks', data: dataOf(true), mark: 'area', height: 200, format: ',' },
    { name: 'ended', title: 'tasks that have ended', unit: 'tasks', data: dataOf(false), mark: 'area', height: 70, format: ',' },
  ];
}
