import { numberColumn } from '../analysis/columns.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { throughputOf } from '../analysis/throughput.ts';
import { throughputFigures } from '../analysis/throughput-figures.ts';
import { chooseWindowSeconds } from '../results/windows.ts';
import type { Experiment } from '../results/experiment.ts';
import { figureOfEach } from './label-experiments.ts';
import { overlayFacets } from './overlay.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type SpecPart } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';
import { type Steps, alignSteps } from './steps.ts';
import { timeAxisTitle, zoomParam } from './axes.ts';
import { type TimeMarks, stallNotes, steadyAndTimeMarks } from './time-marks.ts';
import { digits } from './digits.ts';
import { timePanels } from './time-panels.ts';
import { plotWidth, referenceColor, roleColors, stateColors, titleAbove } from './theme.ts';

export interface PlotThroughputOptions extends OverlayOptions {
  /** Width of the windows. By default as fits the length of the experiment: 1 s for those up to 90 s. */
  readonly windowSeconds?: number;
}

const titles = { finished: 'finished tasks/s', submitted: 'submitted runs/s' } as const;

/** Heights of the two panels, in pixels. */
const heights = { finished: 190, submitted: 80 } as const;

/**
 * Finished tasks per second by window, the average marked, and below it the runs submitted per second; of several experiments a curve each. A
 * stall is marked.
 *
 * Throws a RangeError when `windowSeconds` is not above 0.
 */
export function plotThroughput(experiments: OneOrMore, options: PlotThroughputOptions = {}): Plot {
  const all = listOf(experiments, 'plotThroughput');
  const windowSeconds = options.windowSeconds ?? chooseWindowSeconds(Math.max(...all.map(spanOf)));
  const known = all.filter((each) => throughputOf(each, { windowSeconds }).numRows() > 0 && each.runs.numRows() + each.tasks.numRows() > 0);
  const [first] = known;
  if (!first) return emptyPlot(all, 'Throughput: nothing was submitted', options);
  if (all.length === 1) return plotOne(first, windowSeconds, options);
  const { facets, labelled, ...legend } = overlayFacets(known, options, (members) => {
    const steps = members.map(({ experiment, name }) => ({ name, ...rateStepsOf(experiment, windowSeconds) }));
    return (['finished', 'submitted'] as const).map((name) => ({
      name,
      title: titles[name],
      unit: titles[name],
      data: alignSteps(Object.fromEntries(steps.map((each) => [each.name, each[name]]))),
      mark: 'step' as const,
      height: heights[name],
    }));
  });
  const average = (each: Experiment): number => throughputFigures(each).tasksPerSecond;
  return framePlot(
    all,
    {
      title: `Throughput in tasks/s, on average: ${figureOfEach(labelled, average, threeDigits)}`,
      notes: [`Windows of ${windowSeconds} s; the last of each may be shorter.`, ...stallNotes(labelled)],
    },
    timePanels(facets, { plot: options, timeTitle: timeAxisTitle(all), ...legend, span: [0, digits(Math.max(...all.map(spanOf))) ?? 1] }),
    options,
  );
}

function spanOf(experiment: Experiment): number {
  const { originMs, endMs } = loadSpan(experiment);
  return (endMs - originMs) / 1000;
}

function rateStepsOf(experiment: Experiment, windowSeconds: number): Readonly<Record<keyof typeof titles, Steps>> {
  const windows = throughputOf(experiment, { windowSeconds });
  const starts = numberColumn(windows, 'startSeconds');
  const ends = numberColumn(windows, 'endSeconds');
  const edges = Float64Array.of(0, ...ends);
  const runs = numberColumn(windows, 'submittedRuns');
  // A last window that is a sliver may have any rate.
  const isSliver = ends.map((end, index) => (end - (starts[index] ?? 0) < windowSeconds / 4 && index > 0 ? 1 : 0));
  const known = (rates: Float64Array): Float64Array => rates.map((rate, index) => (isSliver[index] === 1 ? Number.NaN : rate));
  return {
    finished: { edges, values: known(numberColumn(windows, 'tasksPerSecond')) },
    submitted: { edges, values: known(ends.map((end, index) => (runs[index] ?? 0) / (end - (starts[index] ?? 0)))) },
  };
}

function plotOne(experiment: Experiment, windowSeconds: number, options: PlotThroughputOptions): Plot {
  const { width = plotWidth, height = heights.finished } = options;
  const rows = windowRows(experiment, windowSeconds);
  const { tasksPerSecond } = throughputFigures(experiment);
  const marks = steadyAndTimeMarks(experiment);
  const color = (name: string, theme: string): string => options.palette?.[name] ?? theme;
  const panels = [
    ratePanel({
      largest: largestWhole(rows, 'tasksPerSecond'),
      timeTitle: null,
      name: 'finished',
      field: 'tasksPerSecond',
      title: titles.finished,
      color: color('finished', stateColors.finished),
      width,
      height,
    }),
    ratePanel({
      largest: largestWhole(rows, 'runsPerSecond'),
      timeTitle: timeAxisTitle([experiment]),
      name: 'submitted',
      field: 'runsPerSecond',
      title: titles.submitted,
      color: color('submitted', roleColors.scheduler),
      width,
      height: Math.round((height * heights.submitted) / heights.finished),
    }),
  ];
  const body = {
    datasets: { windows: rows },
    params: [{ ...zoomParam, views: ['finished', 'submitted'] }],
    vconcat: [withAverage(panels[0] ?? {}, marks, tasksPerSecond), withOver(panels[1] ?? {}, marks.borders)],
    resolve: { scale: { x: 'shared' } },
  };
  const average = Number.isFinite(tasksPerSecond) ? `${threeDigits(tasksPerSecond)} tasks/s on average` : 'no task finished';
  const notes = [`Windows of ${windowSeconds} s; a last one that is shorter is pale. Dashed: the average.`, ...marks.notes];
  return framePlot([experiment], { title: `Throughput: ${average}`, notes }, body, options);
}

/** The highest rate of a whole window, where the last window, which may be a few tasks in no time at all, has a higher one. */
function largestWhole(rows: readonly SpecPart[], field: RatePanel['field']): number | undefined {
  const rates = (whole: boolean): readonly number[] => rows.filter((row) => row['whole'] === whole).map((row) => Number(row[field]));
  const largest = Math.max(0, ...rates(true));
  return largest > 0 && rates(false).some((rate) => rate > largest) ? largest : undefined;
}

function windowRows(experiment: Experiment, windowSeconds: number): readonly SpecPart[] {
  const windows = throughputOf(experiment, { windowSeconds });
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

type RateSpec = { readonly layer?: readonly SpecPart[] } & SpecPart;

function ratePanel(panel: RatePanel): RateSpec {
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

function withOver(panel: RateSpec, over: readonly SpecPart[]): SpecPart {
  return { ...panel, layer: [...(panel.layer ?? []), ...over] };
}

/** With marks under and over a panel's own layers, and a dashed line on top at the rate over the whole experiment. */
function withAverage(panel: RateSpec, { bands, events, borders }: TimeMarks, tasksPerSecond: number): SpecPart {
  const rule = {
    data: { values: [{ average: digits(tasksPerSecond) }] },
    mark: { type: 'rule', color: referenceColor, strokeDash: [6, 4], strokeWidth: 2 },
    encoding: {
      y: { field: 'average', type: 'quantitative' },
      tooltip: [{ field: 'average', type: 'quantitative', title: 'average (tasks/s)', format: ',.4~r' }],
    },
  };
  const average = Number.isFinite(tasksPerSecond) ? [rule] : [];
  return { ...panel, layer: [...bands, ...(panel.layer ?? []), ...average, ...borders, ...events] };
}
