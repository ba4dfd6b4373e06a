import { arrival } from '../analysis/arrival.ts';
import { numberColumn } from '../analysis/columns.ts';
import { distributionByWindow } from '../analysis/distribution-by-window.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { forEachPiece } from '../analysis/number-pieces.ts';
import { type Moment, momentColumn, momentPieces, phaseColumn, phasePieces, taskPhases } from '../analysis/task-phases.ts';
import { chooseWindowSeconds } from '../results/windows.ts';
import type { Experiment } from '../results/experiment.ts';
import { type PhaseName, phaseOf } from '../results/phases.ts';
import { type Labelled, figureOfEach } from './label-experiments.ts';
import { overlayFacets } from './overlay.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type SpecPart } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';
import { type Steps, alignSteps } from './steps.ts';
import { timeAxisTitle } from './axes.ts';
import { markedPanels, stallNotes, steadyAndTimeMarks } from './time-marks.ts';
import { digits } from './digits.ts';
import type { TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';
import { neutralColor, percentileColors } from './theme.ts';

export interface PlotLatencyOverTimeOptions extends OverlayOptions {
  /** Width of the windows. By default as fits the length of the experiment: 1 s for those up to 90 s. */
  readonly windowSeconds?: number;
  /** Default response. */
  readonly phase?: PhaseName;
  /**
   * Which of a task's times says in what window it counts. Default due, so that those who came while the target stalled are where they came;
   * in a burst, where all are due at once, finished.
   */
  readonly by?: 'due' | 'created' | 'finished';
  /** Default: log where some window's slowest task took over 30 times as long as its median one, else linear. */
  readonly scale?: 'linear' | 'log';
}

/** Phases that are a task's whole way, and not a stretch of it. */
const wholes: Readonly<Partial<Record<PhaseName, string>>> = { latency: 'Latency', response: 'Response time' };
const words = { due: 'were due', created: 'were created', finished: 'finished' } as const;

/** Tasks drawn as points at most. */
const maxPoints = 100;

/** A window whose slowest task took so many times as long as its median one needs a logarithmic axis. */
const tailRatio = 30;

interface Windows {
  readonly steps: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', Steps>>;
  readonly counts: Steps;
  readonly hasTail: boolean;
  readonly slowestSeconds: number;
}

/**
 * How long finished tasks took, by time: p50, p90, p99 (of windows with tasks enough, see `distributionOf`) and maximum of the response time of the tasks
 * that were due in each window, over some of the tasks themselves as points. A stall is marked.
 *
 * Several experiments share a panel for the median and one for the maximum. Throws a RangeError when `windowSeconds` is not above 0.
 */
export function plotLatencyOverTime(experiments: OneOrMore, options: PlotLatencyOverTimeOptions = {}): Plot {
  const all = listOf(experiments, 'plotLatencyOverTime');
  const { phase = 'response', by = all.every((each) => arrival(each).kind === 'burst') ? 'finished' : 'due' } = options;
  const longest = Math.max(...all.map((each) => spanOf(each, by)));
  const windowSeconds = options.windowSeconds ?? chooseWindowSeconds(longest);
  if (!(windowSeconds > 0)) throw new RangeError(`plotLatencyOverTime: expected windowSeconds above 0, got ${windowSeconds}`);
  const windowsOf = new Map(all.map((each) => [each, windowsBy(each, { phase, by, windowSeconds })] as const));
  const known = all.filter((each) => !Number.isNaN(windowsOf.get(each)?.slowestSeconds ?? Number.NaN));
  const title = `${wholes[phase] ?? `Time in ${phase}`} over time`;
  if (known.length === 0) return emptyPlot(all, `${title}: no task finished`, options);
  const scale = options.scale ?? ([...windowsOf.values()].some(({ hasTail }) => hasTail) ? 'log' : 'linear');
  const axis = `(seconds${scale === 'log' ? ', log scale' : ''})`;
  const what = wholes[phase]?.toLowerCase() ?? `time in ${phase}`;
  const slowest = (each: Experiment): number => windowsOf.get(each)?.slowestSeconds ?? Number.NaN;
  const [first] = known;
  if (all.length === 1 && first) {
    const { steps, counts } = windowsOf.get(first) ?? windowsBy(first, { phase, by, windowSeconds });
    const marks = steadyAndTimeMarks(first, [0, longest]);
    const { times, values } = alignSteps({ ...drawable(steps, scale), tasks: counts });
    const { tasks = new Float64Array(0), ...seconds } = values;
    const points = taskPoints(first, phase, by);
    const panel: TimePanel = {
      name: 'windows',
      title: `${what} ${axis}`,
      unit: 's',
      data: { times, values: seconds },
      extra: { tasks },
      scale,
      mark: 'step',
      height: 240,
      alsoShown: points.map(({ value }) => value ?? Number.NaN),
      over: [taskLayer(points, phase, by)],
    };
    return framePlot(
      all,
      {
        title: `${title}: the slowest took ${formatSeconds(slowest(first))}`,
        notes: [`Lines: tasks that ${words[by]} in windows of ${windowSeconds} s. Points: single tasks.`, ...marks.notes],
      },
      timePanels([{ heading: '', panels: markedPanels([panel], marks) }], {
        plot: options,
        timeTitle: timeAxisTitle(all),
        colors: percentileColors,
        span: [0, digits(longest) ?? 1],
      }),
      options,
    );
  }
  const panelOf = (members: readonly Labelled[], figure: 'p50' | 'max'): TimePanel => ({
    name: figure,
    title: `${figure === 'max' ? 'largest' : 'median'} ${what} ${axis}`,
    unit: 's',
    data: alignSteps(
      Object.fromEntries(
        members.map(({ experiment, name }) => [
          name,
          drawable({ steps: windowsOf.get(experiment)?.steps[figure] ?? noSteps }, scale).steps ?? noSteps,
        ]),
      ),
    ),
    scale,
    mark: 'step',
    height: 150,
  });
  const { facets, labelled, ...legend } = overlayFacets(known, options, (members) => [panelOf(members, 'p50'), panelOf(members, 'max')]);
  return framePlot(
    all,
    {
      title: `${title}: the slowest took ${figureOfEach(labelled, slowest, formatSeconds)}`,
      notes: [`Tasks that ${words[by]} in windows of ${windowSeconds} s.`, ...stallNotes(labelled)],
    },
    timePanels(facets, { plot: options, timeTitle: timeAxisTitle(all), ...legend, span: [0, digits(longest) ?? 1] }),
    options,
  );
}

const noSteps: Steps = { edges: new Float64Array(0), values: new Float64Array(0) };

/** Shorter than this no time can be parted. */
const leastSeconds = 1e-3;

/** Seconds from the first submission to the last of the moments by which tasks count. */
function spanOf(experiment: Experiment, by: WindowOptions['by']): number {
  const { originMs, endMs } = loadSpan(experiment);
  if (by === 'finished') return Math.max(leastSeconds, (endMs - originMs) / 1000);
  let most = leastSeconds;
  forEachPiece(momentPieces(experiment, by), (piece) => {
    for (const at of piece) if (at > most) most = at;
  });
  return most;
}

interface WindowOptions {
  readonly phase: PhaseName;
  readonly by: Moment;
  readonly windowSeconds: number;
}

function windowsBy(experiment: Experiment, { phase, by, windowSeconds }: WindowOptions): Windows {
  const windows = distributionByWindow({
    atSeconds: momentPieces(experiment, by),
    values: phasePieces(experiment, phase),
    spanSeconds: spanOf(experiment, by),
    windowSeconds,
  });
  const ends = numberColumn(windows, 'endSeconds');
  const edges = Float64Array.of(0, ...ends);
  const steps = (column: string): Steps => ({ edges, values: numberColumn(windows, column) });
  const maxima = numberColumn(windows, 'maxSeconds');
  const p50s = numberColumn(windows, 'p50Seconds');
  return {
    steps: { p50: steps('p50Seconds'), p90: steps('p90Seconds'), p99: steps('p99Seconds'), max: steps('maxSeconds') },
    counts: steps('count'),
    hasTail: maxima.some((max, index) => (p50s[index] ?? 0) > 0 && max > tailRatio * (p50s[index] ?? 0)),
    slowestSeconds: maxima.reduce((most, max) => (max <= most || Number.isNaN(max) ? most : max), Number.NaN),
  };
}

/** A logarithmic axis has no place for zero (times under a whole-millisecond clock's step): unknown there. */
function drawable(series: Readonly<Record<string, Steps>>, scale: 'linear' | 'log'): Readonly<Record<string, Steps>> {
  if (scale === 'linear') return series;
  return Object.fromEntries(
    Object.entries(series).map(([name, { edges, values }]) => [
      name,
      { edges, values: values.map((value) => (value > 0 ? value : Number.NaN)) },
    ]),
  );
}

interface TaskPoint {
  readonly seconds: number | null;
  readonly value: number | null;
  /** The value in words. */
  readonly time: string;
}

/** The golden ratio's part beyond one: its multiples are spread evenly, and in step with nothing. */
const spread = 0.618034;

/**
 * A task of each k of the table: enough to see the shape, few enough to draw. Not always the k-th: these might all be the first of their runs.
 */
function taskPoints(experiment: Experiment, phase: PhaseName, by: WindowOptions['by']): readonly TaskPoint[] {
  const tasks = taskPhases(experiment);
  const at = numberColumn(tasks, momentColumn(by));
  const seconds = numberColumn(tasks, phaseColumn(phase));
  const isDrawn = (row: number): boolean => !Number.isNaN(at[row] ?? Number.NaN) && (seconds[row] ?? Number.NaN) > 0;
  const count = at.reduce((sum, _, row) => sum + (isDrawn(row) ? 1 : 0), 0);
  const step = Math.max(1, count / maxPoints);
  const points: TaskPoint[] = [];
  for (let row = 0, rank = 0; row < at.length && points.length < maxPoints; row++) {
    if (!isDrawn(row)) continue;
    const wanted = Math.floor((points.length + (step > 1 ? (points.length * spread) % 1 : 0)) * step);
    if (rank++ < wanted) continue;
    const value = seconds[row] ?? Number.NaN;
    points.push({ seconds: digits(at[row] ?? Number.NaN), value: digits(value), time: formatSeconds(value) });
  }
  return points;
}

function taskLayer(points: readonly TaskPoint[], phase: PhaseName, by: WindowOptions['by']): SpecPart {
  return {
    data: { values: points },
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
