import { arrival } from '../analysis/arrival.ts';
import { numberColumn } from '../analysis/columns.ts';
import { distributionByWindow } from '../analysis/distribution-by-window.ts';
import { piecesOf } from '../analysis/number-pieces.ts';
import { formatSeconds, plural } from '../analysis/format-figure.ts';
import { scheduleLagOf } from '../analysis/schedule-lag.ts';
import { chooseWindowSeconds } from '../results/windows.ts';
import type { Experiment } from '../results/experiment.ts';
import { type Labelled, figureOfEach } from './label-experiments.ts';
import { overlayFacets } from './overlay.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type OverlayOptions, listOf } from './plot-options.ts';
import { type Steps, alignSteps } from './steps.ts';
import { timeAxisTitle } from './axes.ts';
import { markedPanels, timeMarks } from './time-marks.ts';
import { digits } from './digits.ts';
import type { TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';
import { percentileColors } from './theme.ts';

/** In a burst all runs are due in one moment: so many windows of the time that sending them took. */
const burstWindows = 20;
/** Shorter than this no time can be parted. */
const leastSeconds = 1e-3;

interface Lags {
  readonly experiment: Experiment;
  readonly isBurst: boolean;
  readonly spanSeconds: number;
  readonly windowSeconds: number;
  /** Of sent - due, in milliseconds. */
  readonly steps: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', Steps>>;
  readonly runs: Steps;
  readonly largestSeconds: number;
  readonly dropped: number;
}

/**
 * How late the driver sent the runs that were due (in a burst: sent) in each window: p50, p90, p99 and maximum of sent - due, in milliseconds.
 * Of several experiments the maximum, a curve each.
 */
export function plotScheduleLag(experiments: OneOrMore, options: OverlayOptions = {}): Plot {
  const all = listOf(experiments, 'plotScheduleLag');
  const lags = new Map(all.map((experiment) => [experiment, lagsOf(experiment)] as const));
  const known = [...lags.values()].filter(({ largestSeconds }) => !Number.isNaN(largestSeconds));
  const [first] = known;
  if (!first) return emptyPlot(all, 'Schedule lag: no run was sent', options);
  const dropped = known.reduce((sum, each) => sum + each.dropped, 0);
  const widths = [...new Set(known.filter(({ isBurst }) => !isBurst).map(({ windowSeconds }) => windowSeconds))];
  const notes = [
    ...(known.some(({ isBurst }) => isBurst)
      ? ['All runs of a burst are due at once: the lag is the time that the submissions before each took.']
      : []),
    ...(widths.length > 0 ? [`Runs that were due in windows of ${widths.join(' or ')} s.`] : []),
    ...(dropped > 0 ? [`${plural(dropped, 'run')} never sent: not drawn.`] : []),
  ];
  const timeTitle = timeAxisTitle(all);
  const span = [0, Math.max(...known.map(({ spanSeconds }) => digits(spanSeconds) ?? leastSeconds))] as const;
  if (all.length === 1) {
    const { times, values } = alignSteps({ ...first.steps, runs: first.runs });
    const { runs = new Float64Array(0), ...lag } = values;
    const marks = timeMarks(first.experiment, [0, first.spanSeconds]);
    const panel: TimePanel = { ...lagPanel, data: { times, values: lag }, extra: { runs } };
    return framePlot(
      all,
      { title: `Schedule lag: runs were sent at most ${formatSeconds(first.largestSeconds)} late`, notes: [...notes, ...marks.notes] },
      timePanels([{ heading: '', panels: markedPanels([panel], marks) }], { plot: options, timeTitle, colors: percentileColors, span }),
      options,
    );
  }
  const { facets, labelled, ...legend } = overlayFacets(
    known.map(({ experiment }) => experiment),
    options,
    (members: readonly Labelled[]) => [
      {
        ...lagPanel,
        title: 'largest schedule lag: sent - due (ms)',
        data: alignSteps(Object.fromEntries(members.map(({ experiment, name }) => [name, (lags.get(experiment) ?? first).steps.max]))),
      },
    ],
  );
  return framePlot(
    all,
    {
      title: `Schedule lag: runs were sent at most so late: ${figureOfEach(labelled, (each) => lags.get(each)?.largestSeconds ?? Number.NaN, formatSeconds)}`,
      notes,
    },
    timePanels(facets, { plot: options, timeTitle, ...legend, span }),
    options,
  );
}

const lagPanel = { name: 'lag', title: 'schedule lag: sent - due (ms)', unit: 'ms', mark: 'step', height: 160 } as const;

function lagsOf(experiment: Experiment): Lags {
  const lags = scheduleLagOf(experiment);
  const isBurst = arrival(experiment).kind === 'burst';
  const atSeconds = numberColumn(lags, isBurst ? 'sentSeconds' : 'dueSeconds');
  const lagSeconds = numberColumn(lags, 'lagSeconds');
  const spanSeconds = atSeconds.reduce((most, at) => (at > most ? at : most), leastSeconds);
  const windowSeconds = isBurst ? spanSeconds / burstWindows : chooseWindowSeconds(spanSeconds);
  const windows = distributionByWindow({ atSeconds: piecesOf(atSeconds), values: piecesOf(lagSeconds), spanSeconds, windowSeconds });
  const edges = Float64Array.of(0, ...numberColumn(windows, 'endSeconds'));
  const milliseconds = (column: string): Steps => ({ edges, values: numberColumn(windows, column).map((seconds) => seconds * 1000) });
  return {
    experiment,
    isBurst,
    spanSeconds,
    windowSeconds,
    steps: {
      p50: milliseconds('p50Seconds'),
      p90: milliseconds('p90Seconds'),
      p99: milliseconds('p99Seconds'),
      max: milliseconds('maxSeconds'),
    },
    runs: { edges, values: numberColumn(windows, 'count') },
    largestSeconds: lagSeconds.reduce((most, lag) => (Number.isNaN(lag) || lag <= most ? most : lag), Number.NaN),
    dropped: lagSeconds.filter((lag) => Number.isNaN(lag)).length,
  };
}
