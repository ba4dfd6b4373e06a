import { formatSeconds } from '../analysis/format-figure.ts';
import { frameOf } from '../analysis/frame.ts';
import { chosenOf } from '../analysis/number-pieces.ts';
import { phaseTimes } from '../analysis/phase-times.ts';
import { sortNumbers } from '../analysis/sort-numbers.ts';
import { phasePieces } from '../analysis/task-phases.ts';
import { workflowFigures } from '../analysis/workflow-figures.ts';
import { taskWorkflows } from '../analysis/workflow-tasks.ts';
import { workflowsOf } from '../config/mixed.ts';
import type { Experiment } from '../results/experiment.ts';
import { type PhaseName, phaseOf } from '../results/phases.ts';
import type { Curve } from './ecdf-curves.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { tailEcdf } from './tail-ecdf.ts';
import { colorsOfMany } from './theme.ts';

export interface PlotLatencyByWorkflowOptions extends PlotOptions {
  /** Default: the response time. */
  readonly phase?: PhaseName;
}

/**
 * The share of finished tasks that took at most a given time: a line for each workflow of an experiment. The vertical axis gives each tenth of what is
 * left the same room, so that the slowest can be read.
 */
export function plotLatencyByWorkflow(experiment: Experiment, options: PlotLatencyByWorkflowOptions = {}): Plot {
  const { phase = 'response' } = options;
  const { measured } = frameOf(experiment);
  const of = taskWorkflows(experiment);
  const names = workflowsOf(experiment.manifest.config).map(({ name }) => name);
  const curves = names.flatMap((name, index): readonly Curve[] => {
    const isOwn = (place: number): boolean => of[measured[place] as number] === index;
    const sortedSeconds = sortNumbers(chosenOf(phasePieces(experiment, phase), isOwn));
    return sortedSeconds.length === 0 ? [] : [{ name, label: name, sortedSeconds }];
  });
  const what = phaseOf(phase).title;
  if (curves.length === 0) return emptyPlot([experiment], `${capitalized(what)} by workflow: no task finished`, options);
  const { resolutionSeconds } = phaseTimes(experiment);
  const picture = tailEcdf(
    curves,
    { colors: workflowColors(names, options.palette), times: what, of: 'tasks', resolutionSeconds },
    options,
  );
  return framePlot([experiment], { title: titleOf(experiment, names, what) }, picture, options);
}

/** One each, the same in every plot of an experiment. */
export function workflowColors(names: readonly string[], palette: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const colors = colorsOfMany(names.length);
  return Object.fromEntries(names.map((name, index) => [name, palette[name] ?? (colors[index] as string)]));
}

function titleOf(experiment: Experiment, names: readonly string[], what: string): string {
  if (what !== phaseOf('response').title) return `${capitalized(what)} by workflow`;
  const p99 = workflowFigures(experiment).flatMap(({ phases: { response } }, index) =>
    Number.isNaN(response.p99) ? [] : [`${names[index]} ${formatSeconds(response.p99)}`],
  );
  if (p99.length === 0) return `${capitalized(what)} by workflow`;
  return `${capitalized(what)} by workflow, p99: ${p99.join(', ')}`;
}

function capitalized(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
