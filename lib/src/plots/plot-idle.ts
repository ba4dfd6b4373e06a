import { numberColumn } from '../analysis/columns.ts';
import { formatFigure } from '../analysis/figure-units.ts';
import { type IdleRoleFigures, idleFigures, idleReadings, idleRoleFigures, idleRoles } from '../analysis/idle.ts';
import { loadSpan } from '../analysis/load-span.ts';
import type { Role } from '../analysis/role-series.ts';
import type { Experiment } from '../results/experiment.ts';
import { timeAxisTitle } from './axes.ts';
import { figureOfAny, labelExperiments } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { type Steps, alignSteps, rateSteps, windowEdges } from './steps.ts';
import { colorsOfRoles, seriesColors } from './theme.ts';
import type { TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';

/** Wake-ups are read once a second, and a rate takes three readings. */
const leastWindowSeconds = 2.5;

/**
 * What an engine without work does: transactions and WAL a second, CPU and wake-ups of scheduler, workers, further roles and Postgres, on one
 * time axis. Several experiments stand side by side, on the same axes. Experiments without an idle phase are left out.
 */
export function plotIdle(experiments: OneOrMore, options: PlotOptions = {}): Plot {
  const all = listOf(experiments, 'plotIdle');
  const idle = all.filter(({ manifest }) => manifest.times.idleEndedMs !== undefined);
  if (idle.length === 0) return emptyPlot(all, 'Idle: no config asked for an idle phase', options);
  const labelled = labelExperiments(idle, options, options.facet);
  const facets = labelled.map(({ experiment, name }) => ({ heading: name, panels: panelsOf(experiment) }));
  const transactions = figureOfAny(
    labelled,
    (experiment) => idleFigures(experiment).transactionsPerSecond,
    (value) => formatFigure(value, 'perSecond'),
  );
  const notes = ['The figures are of the phase without its first 10 s, or without its first half where it is shorter than 20 s.'];
  const colors = { ...colorsOfRoles([...new Set(idle.flatMap(idleRoles))]), transactions: seriesColors[0], WAL: seriesColors[1] };
  return framePlot(
    all,
    { title: `Idle, transactions: ${transactions}`, notes },
    timePanels(facets, { plot: options, colors, timeTitle: timeAxisTitle(idle) }),
    options,
  );
}

function panelsOf(experiment: Experiment): readonly TimePanel[] {
  const { originMs } = loadSpan(experiment);
  const { idleStartedMs = originMs, idleEndedMs = originMs } = experiment.manifest.times;
  const edges = windowEdges((idleStartedMs - originMs) / 1000, (idleEndedMs - originMs) / 1000, { leastSeconds: leastWindowSeconds });
  const { postgres } = experiment;
  const atMs = numberColumn(postgres, 'atMs');
  const ofDatabase = (column: 'commits' | 'walBytes', divisor = 1): Steps => {
    const { values } = rateSteps(atMs, numberColumn(postgres, column), edges, originMs);
    return { edges, values: values.map((value) => value / divisor) };
  };
  const ofRoles = (figure: keyof IdleRoleFigures, factor = 1): Readonly<Record<string, Steps>> =>
    Object.fromEntries(
      idleRoles(experiment)
        .filter((role) => !Number.isNaN(idleRoleFigures(experiment, role)[figure]))
        .map((role) => [role, { edges, values: stepsOfRole(experiment, role, figure, edges, originMs).map((value) => factor * value) }]),
    );
  const panels: readonly TimePanel[] = [
    { name: 'transactions', title: 'transactions/s', data: alignSteps({ transactions: ofDatabase('commits') }), height: 100 },
    { name: 'wal', title: 'WAL (KB/s)', unit: 'KB/s', data: alignSteps({ WAL: ofDatabase('walBytes', 1000) }), height: 70 },
    { name: 'cpu', title: 'CPU (% of a core)', unit: '%', data: alignSteps(ofRoles('cpuRatio', 100)), height: 100 },
    { name: 'wake-ups', title: 'wake-ups/s', data: alignSteps(ofRoles('wakeUpsPerSecond')), height: 100 },
  ];
  return panels.filter(({ data }) => data.times.length > 0).map((panel) => ({ ...panel, mark: 'step' }));
}

/** Of all instances of the role together. */
function stepsOfRole(
  experiment: Experiment,
  role: Role,
  figure: keyof IdleRoleFigures,
  edges: Float64Array,
  originMs: number,
): Float64Array {
  const all = idleReadings(experiment, role, figure).map(({ atMs, counter }) => rateSteps(atMs, counter, edges, originMs).values);
  return Float64Array.from({ length: edges.length - 1 }, (_, window) => all.reduce((sum, values) => sum + (values[window] as number), 0));
}
