import { numberColumn, textColumn } from '../analysis/columns.ts';
import { mostPending, taskStateNames, taskStates } from '../analysis/task-states.ts';
import type { AlignedSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, plural, type PlotOptions } from './plot-frame.ts';
import { timeAxisTitle } from './time-axis.ts';
import { timePanels } from './time-panels.ts';
import { plotWidth, stateColors } from './theme.ts';

/** How many tasks were pending, dispatched, running and ended, stacked, by time. */
export function plotTaskStates(experiment: Experiment, options: PlotOptions = {}): Plot {
  const { width = plotWidth } = options;
  if (experiment.tasks.numRows() === 0) return emptyPlot(experiment, { title: 'Tasks by state: no task was read' }, options);
  const data = statesByTime(experiment);
  const colors = Object.fromEntries(taskStateNames.map((state) => [state, stateColors[state]]));
  const panel = { name: 'states', title: 'tasks', unit: 'tasks', data, mark: 'area', height: 240, format: ',' } as const;
  const backlog = mostPending(experiment);
  const title = options.title ?? `Tasks by state: at most ${plural(backlog, 'task')} pending at once`;
  return framePlot(experiment, { title }, timePanels([panel], { width, colors, timeTitle: timeAxisTitle(experiment) }));
}

function statesByTime(experiment: Experiment): AlignedSeries {
  const rows = taskStates(experiment, { points: 120 });
  const seconds = numberColumn(rows, 'seconds');
  const tasks = numberColumn(rows, 'tasks');
  const states = textColumn(rows, 'state');
  const of = (column: Float64Array, state: string): Float64Array => column.filter((_, row) => states[row] === state);
  const names = [...new Set(states)];
  return { times: of(seconds, names[0] ?? ''), values: Object.fromEntries(names.map((name) => [name, of(tasks, name)])) };
}
