import { numberColumn } from '../analysis/columns.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { throughput } from '../analysis/throughput.ts';
import { throughputFigures } from '../analysis/throughput-figures.ts';
import { chooseWindowSeconds } from '../analysis/window-width.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type PlotOptions, type SpecPart } from './plot-frame.ts';
import { steadyBand } from './steady-band.ts';
import { timeAxisTitle } from './time-axis.ts';
import { digits } from './time-panels.ts';
import { plotWidth, referenceColor, roleColors, stateColors, titleAbove } from './theme.ts';
import { zoomParam } from './zoom.ts';

export interface PlotThroughputOptions extends PlotOptions {
  /** Width of the windows. By default as fits the length of the experiment: 1 s for those up to 90 s. */
  readonly windowSeconds?: number;
}

/**
 * Finished tasks per second by window, the average marked, and below it the runs submitted per second.
 *
 * Throws a RangeError when `windowSeconds` is not above 0.
 */
export function plotThroughput(experiment: Experiment, options: PlotThroughputOptions = {}): Plot {
  const { width = plotWidth } = options;
  const { originMs, endMs } = loadSpan(experiment);
  const windowSeconds = options.windowSeconds ?? chooseWindowSeconds((endMs - originMs) / 1000);
  const rows = windowRows(experiment, windowSeconds);
  if (experiment.runs.numRows() + experiment.tasks.numRows() === 0)
    return emptyPlot(experiment, { title: 'Throughput: nothing was submitted' }, options);
  const { tasksPerSecond } = throughputFigures(experiment);
  const steady = steadyBand(experiment);
  const panels = [
    ratePanel({
      largest: largestWhole(rows, 'tasksPerSecond'),
      timeTitle: null,
      name: 'finished',
      field: 'tasksPerSecond',
      title: 'finished tasks/s',
      color: stateColors.finished,
      width,
      height: 190,
    }),
    ratePanel({
      largest: largestWhole(rows, 'runsPerSecond'),
      timeTitle: timeAxisTitle(experiment),
      name: 'submitted',
      field: 'runsPerSecond',
      title: 'submitted runs/s',
      color: roleColors.scheduler,
      width,
      height: 80,
    }),
  ];
  const body = {
    datasets: { windows: rows },
    params: [{ ...zoomParam, views: ['finished', 'submitted'] }],
    vconcat: [withAverage(over(panels[0] ?? {}, steady.layers), tasksPerSecond), panels[1]],
    resolve: { scale: { x: 'shared' } },
  };
  const average = Number.isFinite(tasksPerSecond) ? `${threeDigits(tasksPerSecond)} tasks/s on average` : 'no task finished';
  const notes = [`Windows of ${windowSeconds} s; a last one that is shorter is pale. Dashed: the average.`, ...steady.notes];
  return framePlot(experiment, { title: options.title ?? `Throughput: ${average}`, notes }, body);
}

/** The highest rate of a whole window, where the last window, which may be a few tasks in no time at all, has a higher one. */
function largestWhole(rows: readonly SpecPart[], field: RatePanel['field']): number | undefined {
  const rates = (whole: boolean): readonly number[] => rows.filter((row) => row['whole'] === whole).map((row) => Number(row[field]));
  const largest = Math.max(0, ...rates(true));
  return largest > 0 && rates(false).some((rate) => rate > largest) ? largest : undefined;
}

function windowRows(experiment: Experiment, windowSeconds: number): readonly SpecPart[] {
  const windows = throughput(experiment, { windowSeconds });
  const columns = ['startSeconds', 'endSeconds', 'submittedRuns', 'finishedTasks', 'tasksPerSecond'] as const;
  const [starts, ends, runs, tasks, rates] = columns.map((name) => numberColumn(windows, name));
  const whole = windows.array('whole') as readonly boolean[];
  return Array.from(starts ?? [], (start, index) => {
    const end = ends?.[index] ?? start;
    return {
      from: digits(start),
      to: digits(end),
      tasks: tasks?.[index] ?? 0,
      tasksPerSecond: digits(rates?.[index] ?? Number.NaN),
      runs: runs?.[index] ?? 0,
      runsPerSecond: digits((runs?.[index] ?? 0) / (end - start)),
      whole: whole[index] ?? true,
    };
  });
}

interface RatePanel {
  /** Where the axis of rates ends; default: above the highest. */
  readonly largest: number | undefined;
  /** Null for a panel without labels on its time axis. */
  readonly timeTitle: string | null;
  readonly name: string;
  readonly field: 'tasksPerSecond' | 'runsPerSecond';
  readonly title: string;
  readonly color: string;
  readonly width: number;
  readonly height: number;
}

function ratePanel(panel: RatePanel): { readonly layer?: readonly SpecPart[] } & SpecPart {
  const count = panel.field === 'tasksPerSecond' ? 'tasks' : 'runs';
  const isLast = panel.timeTitle !== null;
  return {
    width: panel.width,
    height: panel.height,
    layer: [
      {
        name: panel.name,
        data: { name: 'windows' },
        mark: { type: 'bar', color: panel.color, clip: true },
        encoding: {
          x: {
            field: 'from',
            type: 'quantitative',
            bin: 'binned',
            title: panel.timeTitle,
            axis: { labels: isLast, ticks: isLast },
            scale: { nice: false },
          },
          x2: { field: 'to' },
          y: {
            field: panel.field,
            type: 'quantitative',
            title: panel.title,
            axis: { tickCount: isLast ? 3 : 5, ...titleAbove },
            ...(panel.largest !== undefined && { scale: { domain: [0, panel.largest] } }),
          },
          opacity: { condition: { test: 'datum.whole', value: 1 }, value: 0.5 },
          tooltip: [
            { field: 'from', type: 'quantitative', title: 'from (s)', format: ',.2~f' },
            { field: 'to', type: 'quantitative', title: 'to (s)', format: ',.2~f' },
            { field: count, type: 'quantitative', title: panel.title.split('/')[0], format: ',' },
            { field: panel.field, type: 'quantitative', title: panel.title, format: ',.4~r' },
          ],
        },
      },
    ],
  };
}

/** `layers` on top of a panel's own. */
function over(panel: { readonly layer?: readonly SpecPart[] } & SpecPart, layers: readonly SpecPart[]): typeof panel {
  return { ...panel, layer: [...(panel.layer ?? []), ...layers] };
}

/** A dashed line at the rate over the whole experiment. */
function withAverage(panel: { readonly layer?: readonly SpecPart[] } & SpecPart, tasksPerSecond: number): SpecPart {
  if (!Number.isFinite(tasksPerSecond)) return panel;
  const rule = {
    data: { values: [{ average: digits(tasksPerSecond) }] },
    mark: { type: 'rule', color: referenceColor, strokeDash: [6, 4], strokeWidth: 2 },
    encoding: {
      y: { field: 'average', type: 'quantitative' },
      tooltip: [{ field: 'average', type: 'quantitative', title: 'average (tasks/s)', format: ',.4~r' }],
    },
  };
  return over(panel, [rule]);
}
