import { describeArrival, plannedRuns } from '../config/arrival.ts';
import { isMixed, workflowsOf } from '../config/mixed.ts';
import { describeShape } from '../config/shape.ts';
import { damageOf } from '../analysis/damage.ts';
import { plural } from '../analysis/format-figure.ts';
import type { Experiment } from '../results/experiment.ts';
import { differingOptions } from './label-experiments.ts';
import { type Plot, asPlot } from './plot.ts';
import type { PlotOptions } from './plot-options.ts';
import { axisWidth, noteCharacter, titleCharacter, wrapText } from './text-fit.ts';
import { plotConfig, plotWidth } from './theme.ts';
import { describeDuration } from '../config/task-duration.ts';

/** A part of a Vega-Lite spec, as plain JSON. */
export type SpecPart = Readonly<Record<string, unknown>>;

interface Frame {
  readonly title: string;
  /** Replaces the line that names the experiment. */
  readonly subtitle?: string;
  /** More lines under the one that names the experiment. */
  readonly notes?: readonly string[];
}

/** `body` as a whole plot: Vega-Lite v5 (what JupyterLab draws), titled, with what it was measured on. */
export function framePlot(experiments: readonly Experiment[], frame: Frame, body: SpecPart, options: PlotOptions = {}): Plot {
  const { width = plotWidth, title = frame.title } = options;
  const lines = [frame.subtitle ?? describeExperiments(experiments), ...differenceNote(experiments), ...new Set(frame.notes)];
  return titledPlot(title, lines, body, width);
}

/** `body` under a title and lines in small print, as wide as a drawing area of `width` with its axis. */
export function titledPlot(title: string, lines: readonly string[], body: SpecPart, width: number): Plot {
  const titleLines = wrapText(title, width + axisWidth, titleCharacter);
  return asPlot({
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title: {
      text: titleLines.length === 1 ? titleLines[0] : titleLines,
      subtitle: lines.flatMap((line) => wrapText(line, width + axisWidth, noteCharacter)),
    },
    ...body,
    config: plotConfig,
  } as unknown as Plot);
}

/** A plot that has nothing to draw, and says so. */
export function emptyPlot(experiments: readonly Experiment[], title: string, options: PlotOptions): Plot {
  const body = {
    width: options.width ?? plotWidth,
    height: 40,
    data: { values: [{ text: 'nothing was recorded' }] },
    mark: { type: 'text', fontSize: 13 },
    encoding: { text: { field: 'text', type: 'nominal' } },
  };
  return framePlot(experiments, { title }, body, options);
}

/** For instance `standard on dbos 5.3.0: 100 runs of 5 tasks, 0.1 s each, 2026-11-23 10:00 UTC`. */
function describeExperiments(experiments: readonly Experiment[]): string {
  const [first] = experiments;
  const words = (pick: (experiment: Experiment) => string): string => [...new Set(experiments.map(pick))].join(', ');
  const what = `${words(({ manifest }) => manifest.config.name)} on ${words(({ manifest }) => `${manifest.target.name} ${manifest.target.version}`.trimEnd())}`;
  const isOne = experiments.length === 1;
  const load = new Set(experiments.map(describeSize)).size === 1 && first ? `: ${(isOne ? describeLoad : describeSize)(first)}` : '';
  const count = isOne ? '' : `${experiments.length} experiments, `;
  const ends = new Set(experiments.map(({ manifest }) => manifest.status).filter((status) => status !== 'done'));
  return `${count}${what}${load}${[...ends].map((end) => `, ${end}`).join('')}${experiments.some((experiment) => damageOf(experiment)) ? ', damaged' : ''}`;
}

/** What no label may say: with other targets, their options may differ too. */
function differenceNote(experiments: readonly Experiment[]): readonly string[] {
  const differing = differingOptions(experiments);
  return differing.length === 0 ? [] : [`Their configs differ in ${differing.join(', ')}.`];
}

/** For instance `100 runs of 5 tasks, 0.1 s each, 2026-11-23 10:00 UTC`, with the arrival where it is no burst. */
export function describeLoad(experiment: Experiment): string {
  const started = new Date(experiment.manifest.times.startedMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${describeSize(experiment)}, ${started} UTC`;
}

/** For instance `100 runs of 5 tasks, 0.1 s each`, with the shape where tasks come after one another, and the arrival where it is no burst. */
export function describeSize({ manifest: { config } }: Experiment): string {
  const runs = plannedRuns(config);
  const workflows = workflowsOf(config);
  if (isMixed(config)) return `${plural(workflows.length, 'workflow')}: ${workflows.map(({ name }) => name).join(', ')}`;
  const size = Number.isNaN(runs) ? `${config.load_seconds} s of runs` : plural(runs, 'run');
  const arrival = config.arrival === 'burst' ? '' : `, ${describeArrival(config.arrival)}`;
  const shape = config.shape === 'parallel' ? '' : ` (${describeShape(config.shape)})`;
  return `${size} of ${plural(config.tasks_per_workflow, 'task')}${shape}, ${describeDuration(config.duration)}${typeof config.duration === 'number' ? ' each' : ''}${arrival}`;
}
