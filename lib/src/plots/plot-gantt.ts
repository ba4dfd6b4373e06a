import { numberColumn, wholeColumn } from '../analysis/columns.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { type GanttOptions, ganttOf } from '../analysis/gantt.ts';
import type { Experiment } from '../results/experiment.ts';
import { zoomParam } from './axes.ts';
import { digits } from './digits.ts';
import type { Plot } from './plot.ts';
import { type SpecPart, emptyPlot, framePlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { markColor, phaseColors, plotWidth } from './theme.ts';

/** Bars that are less high can't be told apart. */
const leastBar = 4;
const mostBar = 20;
const tallest = 420;
/** Names of tasks that stand closer can't be read. */
const leastLabelled = 10;

const gap = 'ready, not begun';
const critical = 'on the critical path';
const other = 'others';

/**
 * One run whose tasks come after one another, a bar a task in the order of their begins: from when it could begin until it began, and its
 * execution, told apart by whether it is on the way that made the run as long as it was, which a line follows from task to task.
 *
 * By default the run with the median makespan. Of more than 100 tasks those of that way and others, evenly spread, are drawn. Throws as `ganttOf` does.
 */
export function plotGantt(experiment: Experiment, options: PlotOptions & GanttOptions = {}): Plot {
  const rows = ganttOf(experiment, options);
  if (rows.numRows() === 0) return emptyPlot([experiment], 'One run: no task came after another in a run that finished', options);
  const tasks = barsOf(rows);
  const most = Math.floor(tallest / leastBar);
  const drawn = thinned(tasks, most);
  const { width = plotWidth, height = Math.min(tallest, mostBar * drawn.length), palette = {} } = options;
  const way = tasks.filter((task) => task.critical).toSorted((one, next) => one.finished - next.finished);
  const end = Math.max(...tasks.map(({ finished }) => finished));
  const lost = way.reduce((sum, task) => sum + task.gap, 0);
  const y = {
    field: 'task',
    type: 'nominal',
    sort: null,
    title: 'task of the run',
    axis: { ticks: false, grid: false, labels: height / drawn.length >= leastLabelled },
  };
  const layers: readonly SpecPart[] = [
    {
      data: { values: drawn.flatMap(spansOf) },
      params: [zoomParam],
      mark: { type: 'bar', height: { band: 0.8 } },
      encoding: {
        y,
        x: { field: 'from', type: 'quantitative', title: 'seconds since the run was due', scale: { zero: true } },
        x2: { field: 'to' },
        color: {
          field: 'part',
          type: 'nominal',
          scale: {
            domain: [gap, critical, other],
            range: [palette[gap] ?? phaseColors.wait, palette[critical] ?? phaseColors.latency, palette[other] ?? phaseColors.execution],
          },
        },
        tooltip: [
          { field: 'task', title: 'task' },
          { field: 'part', title: 'part' },
          { field: 'after', title: 'after task' },
          { field: 'from', title: 'from (s)' },
          { field: 'to', title: 'to (s)' },
        ],
      },
    },
    {
      data: { values: edgesOf(way) },
      mark: { type: 'line', strokeWidth: 1.5, color: markColor },
      encoding: {
        y,
        x: { field: 'at', type: 'quantitative' },
        detail: { field: 'edge', type: 'nominal' },
        order: { field: 'order', type: 'quantitative' },
      },
    },
  ];
  return framePlot(
    [experiment],
    {
      title: `Run ${rows.get('runIndex', 0)} took ${formatSeconds(end)}: ${formatSeconds(lost)} of it ready, with nothing begun`,
      notes: [
        `The way that made it so long has ${way.length} of its ${tasks.length} tasks.`,
        ...(drawn.length < tasks.length ? [`Drawn are ${drawn.length} of them, that way in full.`] : []),
      ],
    },
    { width, height, layer: layers },
    options,
  );
}

interface Bar {
  readonly task: number;
  readonly after: number;
  readonly ready: number;
  readonly started: number;
  readonly finished: number;
  readonly gap: number;
  readonly critical: boolean;
}

function barsOf(rows: ReturnType<typeof ganttOf>): readonly Bar[] {
  const [tasks, after] = [wholeColumn(rows, 'taskIndex'), wholeColumn(rows, 'lastParent')];
  const column = (name: string): Float64Array => numberColumn(rows, name);
  const [ready, started, finished, gaps] = [
    column('readySeconds'),
    column('startedSeconds'),
    column('finishedSeconds'),
    column('gapSeconds'),
  ];
  return Array.from(tasks, (task, row) => ({
    task,
    after: after[row] as number,
    ready: ready[row] as number,
    started: started[row] as number,
    finished: finished[row] as number,
    gap: gaps[row] as number,
    critical: rows.get('critical', row),
  }));
}

function thinned(tasks: readonly Bar[], most: number): readonly Bar[] {
  if (tasks.length <= most) return tasks;
  const others = tasks.filter((task) => !task.critical);
  const room = Math.max(0, most - (tasks.length - others.length));
  const kept = new Set(Array.from({ length: room }, (_, index) => others[Math.floor((index * others.length) / room)]));
  return tasks.filter((task) => task.critical || kept.has(task));
}

function spansOf({ task, after, ready, started, finished, critical: isCritical }: Bar): readonly SpecPart[] {
  const common = { task: String(task), after: after === -1 ? '–' : String(after) };
  return [
    ...(started > ready ? [{ ...common, part: gap, from: digits(ready), to: digits(started) }] : []),
    { ...common, part: isCritical ? critical : other, from: digits(started), to: digits(finished) },
  ];
}

/** From each task of the way to the next one, which was ready when it ended. */
function edgesOf(way: readonly Bar[]): readonly SpecPart[] {
  return way.slice(1).flatMap((task, index) => {
    const before = way[index] as Bar;
    return [
      { edge: index, order: 0, task: String(before.task), at: digits(before.finished) },
      { edge: index, order: 1, task: String(task.task), at: digits(before.finished) },
    ];
  });
}
