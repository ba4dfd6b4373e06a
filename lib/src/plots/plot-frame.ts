import { describeArrival, plannedRuns } from '../config/arrival.ts';
import { damageOf } from '../analysis/damage.ts';
import type { Experiment } from '../results/experiment.ts';
import { type Plot, asPlot } from './plot.ts';
import { plotConfig, plotWidth } from './theme.ts';

/** What every plot takes. */
export interface PlotOptions {
  /** Width of the drawing area in pixels. Default 640. */
  readonly width?: number;
  /** Replaces the title that says what is seen. */
  readonly title?: string;
}

/** A part of a Vega-Lite spec, as plain JSON. */
export type SpecPart = Readonly<Record<string, unknown>>;

/** Characters of a note on a line: at 12 px about the width of a plot. */
const noteLength = 105;

interface Frame {
  readonly title: string;
  /** Replaces the line that names the experiment. */
  readonly subtitle?: string;
  /** More lines under the one that names the experiment. */
  readonly notes?: readonly string[];
}

/** `body` as a whole plot: Vega-Lite v5 (what JupyterLab draws), titled, with the config and target it was measured on. */
export function framePlot(experiment: Experiment, frame: Frame, body: SpecPart): Plot {
  const subtitle = [frame.subtitle ?? describeExperiment(experiment), ...(frame.notes ?? []).flatMap(wrapNote)];
  return asPlot({
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title: { text: frame.title, subtitle },
    ...body,
    config: plotConfig,
  } as unknown as Plot);
}

/** Vega breaks no line: one that is wider than the plot would make the whole picture wider. */
function wrapNote(note: string): readonly string[] {
  const lines = [''];
  for (const word of note.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (longer.length > noteLength) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A plot that has nothing to draw, and says so. */
export function emptyPlot(experiment: Experiment, frame: Frame, options: PlotOptions = {}): Plot {
  return framePlot(
    experiment,
    { ...frame, title: options.title ?? frame.title },
    {
      width: options.width ?? plotWidth,
      height: 40,
      data: { values: [{ text: 'nothing was recorded' }] },
      mark: { type: 'text', fontSize: 13 },
      encoding: { text: { field: 'text', type: 'nominal' } },
    },
  );
}

/** For instance `standard on dbos 5.3.0: 100 runs of 5 tasks, 0.1 s each, 2026-11-23 10:00 UTC`. */
function describeExperiment(experiment: Experiment): string {
  const { config, target, status } = experiment.manifest;
  return `${config.name} on ${`${target.name} ${target.version}`.trimEnd()}: ${describeLoad(experiment)}${status === 'done' ? '' : `, ${status}`}${damageOf(experiment) ? ', damaged' : ''}`;
}

/** For instance `100 runs of 5 tasks, 0.1 s each, 2026-11-23 10:00 UTC`, with the arrival where it is no burst. */
export function describeLoad({ manifest }: Experiment): string {
  const { config, times } = manifest;
  const started = new Date(times.startedMs).toISOString().slice(0, 16).replace('T', ' ');
  const runs = plannedRuns(config);
  const size = Number.isNaN(runs) ? `${config.load_seconds} s of runs` : plural(runs, 'run');
  const arrival = config.arrival === 'burst' ? '' : `, ${describeArrival(config.arrival)}`;
  return `${size} of ${plural(config.tasks_per_workflow, 'task')}, ${config.duration} s each${arrival}, ${started} UTC`;
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
