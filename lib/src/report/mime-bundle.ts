import { ColumnTable } from 'arquero';
import { inspect } from 'node:util';
import { type Plot, isPlot } from '../plots/plot.ts';
import type { Experiment } from '../results/experiment.ts';
import { experimentHtml, experimentText } from './experiment-card.ts';
import { htmlTable } from './html-table.ts';
import type { MimeBundle } from './notebook-display.ts';
import { plotToSvg, svgToPng } from './render-plot.ts';
import { textTable } from './text-table.ts';

/** A value ready to be shown: one output in several forms, and what is kept beside it. */
export interface RichOutput {
  readonly data: MimeBundle;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface ShowOptions {
  /** Rows of a table shown at most; a last line says how many there are. Default 20. */
  readonly limit?: number;
}

/** JupyterLab, VS Code and nbconvert know Vega-Lite up to this version; orchlab's plots keep to what it can do. */
const vegaLiteSchema = 'https://vega.github.io/schema/vega-lite/v5.json';

/** The forms in which a notebook shows `value`; undefined for what has no form but text. */
export function toRichOutput(value: unknown, options: ShowOptions = {}): RichOutput | undefined {
  if (value instanceof ColumnTable) return tableOutput(value, options);
  if (isPlot(value)) return plotOutput(value);
  if (isExperiment(value)) return experimentOutput(value);
  return undefined;
}

/** What `show` prints for `value` where there is no notebook. */
export function toText(value: unknown, options: ShowOptions = {}): string {
  if (typeof value === 'string') return value;
  if (value instanceof ColumnTable) return textTable(value, { limit: options.limit ?? 20 });
  if (isPlot(value)) return plotText(value);
  if (isExperiment(value)) return experimentText(value);
  if (value instanceof Promise) return 'A promise: write `await` before it to show what it becomes.';
  return inspect(value, { depth: 4 });
}

/** True for what `openExperiment` and `runExperiment` return. */
export function isExperiment(value: unknown): value is Experiment {
  return typeof value === 'object' && value !== null && 'manifest' in value && 'directory' in value && 'processes' in value;
}

function tableOutput(table: ColumnTable, { limit = 20 }: ShowOptions): RichOutput {
  return { data: { 'text/html': htmlTable(table, { limit }), 'text/plain': textTable(table, { limit }) }, metadata: {} };
}

function experimentOutput(experiment: Experiment): RichOutput {
  return {
    data: { 'text/html': experimentHtml(experiment), 'text/plain': experimentText(experiment) },
    metadata: experimentMetadata(experiment.name),
  };
}

/** Marks an output as the doing of an experiment: `runNotebook` collects these names. */
export function experimentMetadata(name: string): Readonly<Record<string, unknown>> {
  return { orchlab: { experiment: name } };
}

// Without text/html, which JupyterLab would prefer to the interactive chart. nbconvert, GitHub and Quarto take the pictures.
function plotOutput(spec: Plot): RichOutput {
  const svg = plotToSvg(spec);
  const data = {
    'application/vnd.vegalite.v5+json': { ...spec, $schema: vegaLiteSchema },
    'image/svg+xml': svg,
    'image/png': svgToPng(svg, { scale: 1.5 }).toString('base64'),
    'text/plain': plotText(spec),
  };
  return { data, metadata: { 'image/png': pictureSize(svg) } };
}

/** The PNG is drawn larger than that; this keeps viewers from showing it so. */
function pictureSize(svg: string): { readonly width: number; readonly height: number } {
  const size = (name: string): number => Math.round(Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1]));
  return { width: size('width'), height: size('height') };
}

function plotText(spec: Plot): string {
  const { title } = spec as { title?: unknown };
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : title;
  const words = Array.isArray(text) ? text.join(' ') : text;
  return typeof words === 'string' ? `[plot: ${words}]` : '[plot]';
}
