import { numberColumn } from '../analysis/columns.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { latencyOverTime, type LatencyOverTimeOptions } from '../analysis/latency-over-time.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { phaseColumn, taskPhases } from '../analysis/task-phases.ts';
import { type PhaseName, phaseOf } from '../results/phases.ts';
import { chooseWindowSeconds } from '../analysis/window-width.ts';
import type { AlignedSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type PlotOptions, type SpecPart } from './plot-frame.ts';
import { steadyBand } from './steady-band.ts';
import { timeAxisTitle } from './time-axis.ts';
import { digits, timePanels } from './time-panels.ts';
import { neutralColor, percentileColors, plotWidth } from './theme.ts';

export interface PlotLatencyOverTimeOptions extends PlotOptions, LatencyOverTimeOptions {
  /** Default: log where some window's slowest task took over 30 times as long as its median one, else linear. */
  readonly scale?: 'linear' | 'log';
}

/** Phases that are a task's whole way, and not a stretch of it. */
const wholes: Readonly<Partial<Record<PhaseName, string>>> = { latency: 'Latency', response: 'Response time' };

/** Tasks drawn as points at most. */
const maxPoints = 100;

/**
 * p50, p90, p99 (of windows with tasks enough, see `distribution`) and maximum of the response time of the tasks that finished in each window, by time, over some of the tasks themselves as points.
 *
 * Throws a RangeError when `windowSeconds` is not above 0.
 */
export function plotLatencyOverTime(experiment: Experiment, options: PlotLatencyOverTimeOptions = {}): Plot {
  const { width = plotWidth, phase = 'response', by = 'finished' } = options;
  const windows = latencyOverTime(experiment, options);
  const whole = { p50: 'p50Seconds', p90: 'p90Seconds', p99: 'p99Seconds', max: 'maxSeconds' } as const;
  const counts = numberColumn(windows, 'count');
  const title = `${wholes[phase] ?? `Time in ${phase}`} over time`;
  if (!counts.some((count) => count > 0)) return emptyPlot(experiment, { title: `${title}: no task finished` }, options);
  const starts = numberColumn(windows, 'startSeconds');
  const ends = numberColumn(windows, 'endSeconds');
  const maxima = numberColumn(windows, 'maxSeconds').filter((value) => !Number.isNaN(value));
  const p50s = numberColumn(windows, 'p50Seconds');
  const hasTail = numberColumn(windows, 'maxSeconds').some((max, index) => (p50s[index] ?? 0) > 0 && max > 30 * (p50s[index] ?? 0));
  const scale = options.scale ?? (hasTail ? 'log' : 'linear');
  const data: AlignedSeries = {
    times: starts.map((start, index) => (start + (ends[index] ?? start)) / 2),
    values: Object.fromEntries(Object.entries(whole).map(([name, column]) => [name, drawable(numberColumn(windows, column), scale)])),
  };
  const { originMs, endMs } = loadSpan(experiment);
  const windowSeconds = options.windowSeconds ?? chooseWindowSeconds((endMs - originMs) / 1000);
  const steady = steadyBand(experiment);
  const body = timePanels(
    [
      {
        name: 'windows',
        title: `${wholes[phase]?.toLowerCase() ?? `time in ${phase}`} (seconds${scale === 'log' ? ', log scale' : ''})`,
        unit: 's',
        data,
        extra: { tasks: counts },
        scale,
        dots: true,
        height: 240,
        over: [taskPoints(experiment, phase, by), ...steady.layers],
      },
    ],
    {
      width,
      timeTitle: timeAxisTitle(experiment),
      colors: percentileColors,
      span: [0, Math.max(digits((endMs - originMs) / 1000) ?? 0, windowSeconds / 10)],
    },
  );
  const worst = formatSeconds(Math.max(...maxima));
  const notes = [
    `Lines: tasks that ${by === 'finished' ? 'finished' : 'were created'} in windows of ${windowSeconds} s. Points: single tasks.`,
    ...steady.notes,
  ];
  return framePlot(experiment, { title: options.title ?? `${title}: the slowest took ${worst}`, notes }, body);
}

/** A logarithmic axis has no place for zero (times under a whole-millisecond clock's step): unknown there. */
function drawable(seconds: Float64Array, scale: 'linear' | 'log'): Float64Array {
  return scale === 'log' ? seconds.map((value) => (value > 0 ? value : Number.NaN)) : seconds;
}

/** Every k-th task in order of time: enough to see the shape, few enough to draw. */
function taskPoints(experiment: Experiment, phase: PhaseName, by: 'created' | 'finished'): SpecPart {
  const tasks = taskPhases(experiment);
  const at = numberColumn(tasks, `${by}Seconds`);
  const seconds = numberColumn(tasks, phaseColumn(phase));
  const rows = Array.from(at.keys()).filter((row) => !Number.isNaN(at[row] ?? Number.NaN) && (seconds[row] ?? Number.NaN) > 0);
  rows.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0));
  const step = Math.max(1, rows.length / maxPoints);
  const values = Array.from({ length: Math.min(rows.length, maxPoints) }, (_, index) => {
    const row = rows[Math.floor(index * step)] ?? 0;
    return {
      seconds: digits(at[row] ?? Number.NaN),
      value: digits(seconds[row] ?? Number.NaN),
      time: formatSeconds(seconds[row] ?? Number.NaN),
    };
  });
  return {
    data: { values },
    mark: { type: 'point', filled: true, color: neutralColor, opacity: 0.45, size: 10, clip: true },
    encoding: {
      x: { field: 'seconds', type: 'quantitative' },
      y: { field: 'value', type: 'quantitative' },
      tooltip: [
        { field: 'seconds', type: 'quantitative', title: `${by} at (s)`, format: ',.2~f' },
        { field: 'time', type: 'nominal', title: phaseOf(phase).title },
      ],
    },
  };
}
