import { numberColumn } from '../analysis/columns.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { type AlignedSeries, thinSeries } from '../analysis/thin-series.ts';
import { waitSeries } from '../analysis/wait-series.ts';
import type { Experiment } from '../results/experiment.ts';
import { labelExperiments, figureOfEach } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { alignSteps, rateSteps, windowEdges } from './steps.ts';
import { timeAxisTitle } from './axes.ts';
import { markNotes, markedPanels, timeMarks } from './time-marks.ts';
import type { TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';
import { connectionColors, neutralColor, singleColor } from './theme.ts';

/** Of what active connections wait for, so much is told apart: with the rest and what else they do, six colours. */
const namedWaits = connectionColors.waits.length;

/**
 * What the connections to the experiment's database did that were in use, stacked (ran, waited for what, sat idle in a transaction), and on
 * scales of their own the idle ones, commits per second, WAL written per second (MB, 1e6 bytes; of the whole server), and the dead tuples and
 * size of the engine's tables, on one time axis. Several experiments stand side by side, on the same axes. Where one stalled is marked.
 */
export function plotPostgres(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotPostgres');
  const sampled = all.filter(({ postgres }) => postgres.numRows() > 0);
  if (sampled.length === 0) return emptyPlot(all, 'Postgres: not sampled', options);
  const labelled = labelExperiments(sampled, options, options.facet);
  const waits = frequentWaits(sampled);
  const windowSeconds = Math.max(...sampled.map(rateWindowSeconds));
  const facets = labelled.map(({ experiment, name }) => ({
    heading: name,
    panels: markedPanels(panelsOf(experiment, waits, windowSeconds), timeMarks(experiment)),
  }));
  const [first] = sampled;
  const words =
    labelled.length === 1 && first
      ? `${threeDigits(commitsOf(first))} commits`
      : `commits: ${figureOfEach(labelled, commitsOf, threeDigits)}`;
  return framePlot(
    all,
    {
      title: `Postgres: ${words}`,
      notes: [`Rates are averages over windows of ${threeDigits(windowSeconds)} s or more.`, ...markNotes(labelled)],
    },
    timePanels(facets, { plot: options, colors: colorsOf(waits), timeTitle: timeAxisTitle(sampled) }),
    options,
  );
}

function commitsOf({ postgres }: Experiment): number {
  const commits = numberColumn(postgres, 'commits');
  return (commits.at(-1) ?? Number.NaN) - (commits[0] ?? Number.NaN);
}

/** Backends publish their counters about once a second: rates over less show that rhythm, not the load's. */
function rateWindowSeconds(experiment: Experiment): number {
  const { originMs, endMs } = loadSpan(experiment);
  return Math.min(2, Math.max(1, (endMs - originMs) / 4000));
}

/** What active connections waited for most, in all experiments together, so that a colour means the same in each. */
function frequentWaits(experiments: readonly Experiment[]): readonly string[] {
  const totals = new Map<string, number>();
  for (const experiment of experiments)
    for (const [name, values] of Object.entries(waitSeries(experiment, 0).values))
      if (name !== 'on CPU' && name !== 'other waits')
        totals.set(name, (totals.get(name) ?? 0) + values.reduce((sum, value) => sum + value, 0));
  return [...totals]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, namedWaits)
    .map(([name]) => name);
}

const singles = ['idle', 'commits', 'WAL', 'dead tuples', 'size of tables'] as const;

function colorsOf(waits: readonly string[]): Readonly<Record<string, string>> {
  const { waits: waitColors, 'on CPU': onCpu, active, ...others } = connectionColors;
  return {
    'on CPU': onCpu,
    active,
    ...Object.fromEntries(waits.map((name, index) => [name, waitColors[index] ?? neutralColor])),
    ...others,
    ...Object.fromEntries(singles.map((name) => [name, singleColor])),
  };
}

function panelsOf(experiment: Experiment, waits: readonly string[], windowSeconds: number): readonly TimePanel[] {
  const { postgres } = experiment;
  const { originMs } = loadSpan(experiment);
  const atMs = numberColumn(postgres, 'atMs');
  const times = atMs.map((ms) => (ms - originMs) / 1000);
  const edges = windowEdges(times[0] ?? 0, times.at(-1) ?? 0, { leastSeconds: windowSeconds });
  const rates = (name: string, column: string, divisor: number): AlignedSeries => {
    const { values } = rateSteps(atMs, numberColumn(postgres, column), edges, originMs);
    return alignSteps({ [name]: { edges, values: values.map((rate) => rate / divisor) } });
  };
  // Read more rarely than the rest: a panel of what is known, or none.
  const known = (name: string, title: string, series: string, column: string, divisor: number): readonly TimePanel[] => {
    if (!postgres.columnNames().includes(column)) return [];
    const values = numberColumn(postgres, column);
    const at = times.filter((_, row) => !Number.isNaN(values[row]));
    const data = { times: at, values: { [series]: values.filter((value) => !Number.isNaN(value)).map((value) => value / divisor) } };
    const mark = at.length < leastForLine ? 'dots' : 'line';
    return at.length === 0 ? [] : [{ name, title, data: thinSeries(data, { by: 'last', maxPoints: 60 }), mark, height: 80 }];
  };
  const idle = thinSeries({ times, values: { idle: numberColumn(postgres, 'connectionsIdle') } }, { by: 'largest', maxPoints: 120 });
  return [
    {
      name: 'connections',
      title: 'connections in use',
      unit: 'connections',
      data: thinSeries({ times, values: inUse(experiment, waits) }, { by: 'mean', maxPoints: 120 }),
      mark: 'area',
      height: 150,
    },
    { name: 'idle', title: 'idle connections', unit: 'connections', data: idle, mark: 'step', height: 60, format: ',' },
    { name: 'commits', title: 'commits/s', unit: 'per s', data: rates('commits', 'commits', 1), mark: 'step', height: 80 },
    { name: 'wal', title: 'WAL (MB/s)', unit: 'MB/s', data: rates('WAL', 'walBytes', 1e6), mark: 'step', height: 80 },
    ...known('dead', 'dead tuples in the tables', 'dead tuples', 'deadTuples', 1),
    ...known('size', 'size of the tables (MB)', 'size of tables', 'tablesBytes', 1e6),
  ];
}

/** A line through fewer readings would be made up. */
const leastForLine = 6;

/** What each connection did that was not idle, at each reading; of before wait events were read, by state. */
function inUse(experiment: Experiment, named: readonly string[]): AlignedSeries['values'] {
  const { postgres } = experiment;
  const inTransaction = { 'idle in transaction': numberColumn(postgres, 'connectionsIdleInTransaction') };
  if (experiment.waits.numRows() === 0) return { active: numberColumn(postgres, 'connectionsActive'), ...inTransaction };
  const { 'on CPU': onCpu, ...waits } = waitSeries(experiment, 0).values;
  const others = Object.entries(waits).filter(([name]) => !named.includes(name));
  const zero = new Float64Array(postgres.numRows());
  const otherWaits = zero.map((_, row) => others.reduce((sum, [, values]) => sum + (values[row] ?? 0), 0));
  return {
    'on CPU': onCpu ?? zero,
    ...Object.fromEntries(named.map((name) => [name, waits[name] ?? zero])),
    ...(others.length > 0 ? { 'other waits': otherWaits } : {}),
    ...inTransaction,
  };
}
