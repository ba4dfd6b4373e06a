import { ColumnTable } from 'arquero';
import { inspect } from 'node:util';
import { type Plot, isPlot } from '../plots/plot.ts';
import { seriesNameOf } from '../results/find-series.ts';
import { cardHtml, cardOf, cardText, isComparison, isConfig, isExperiment, isHistory, isSeries, isSummary, isVerdict } from './cards.ts';
import { htmlTable } from './html-table.ts';
import type { MimeBundle } from './notebook-display.ts';
import { printable } from './printable.ts';
import { compactSvg, plotToSvg, svgToSmallPng } from './render-plot.ts';
import { textSeries } from './series-document.ts';
import { textComparison, textHistory } from './text-findings.ts';
import { textSummary } from './text-summary.ts';
import { textTable } from './text-table.ts';
import { configsTable, experimentsTable, isPlainObject, isRowList, rowsTable } from './value-lists.ts';

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
  const card = cardOf(value);
  if (card) return { ...htmlOutput(cardHtml(card), toText(value)), metadata: experimentMetadata(value) };
  const list = listTable(value, options);
  return list && htmlOutput(...list);
}

/** What `show` prints for `value` where there is no notebook. */
export function toText(value: unknown, options: ShowOptions = {}): string {
  if (typeof value === 'string') return cut(value);
  if (value instanceof ColumnTable) return textTable(value, { limit: options.limit ?? 20, headings: 'names' });
  if (isPlot(value)) return plotText(value);
  if (isSummary(value)) return textSummary(value);
  if (isSeries(value)) return textSeries(value);
  if (isComparison(value)) return textComparison(value);
  if (isHistory(value)) return textHistory(value);
  const card = cardOf(value);
  if (card) return cardText(card);
  if (value instanceof Promise) return 'A promise: write `await` before it to show what it becomes.';
  return listTable(value, options)?.[1] ?? cut(inspect(abridged(value), inspectOptions));
}

/** A value inside another one, in a few words; undefined for what is no table, plot, experiment and so on. */
export function briefly(value: unknown): string | undefined {
  if (value instanceof ColumnTable) return `[table: ${value.numRows().toLocaleString('en-US')} rows of ${value.columnNames().join(', ')}]`;
  if (isPlot(value)) return plotText(value);
  if (isExperiment(value)) return `[experiment ${value.name}: ${value.manifest.status}]`;
  if (isSeries(value)) return `[${value.record.kind} ${value.name}: ${value.record.status}]`;
  if (isSummary(value)) return `[summary of ${value.name}]`;
  if (isComparison(value)) return `[comparison: ${value.b.label} beside ${value.a.label}]`;
  return undefined;
}

/** True for what `toRichOutput` has forms for, without making them. */
export function hasRichForm(value: unknown): boolean {
  if (briefly(value) !== undefined || isConfig(value) || isVerdict(value) || isHistory(value)) return true;
  return Array.isArray(value) && value.length > 0 && (value.every(isExperiment) || value.every(isConfig) || isRowList(value));
}

/** What no reader reads to its end is not printed either. */
const inspectOptions = { depth: 4, maxArrayLength: 50, maxStringLength: 2000, breakLength: 120 } as const;
const maxTextLength = 20_000;

function cut(text: string): string {
  return text.length > maxTextLength
    ? `${text.slice(0, maxTextLength)}\n… ${(text.length - maxTextLength).toLocaleString('en-US')} further characters`
    : text;
}

/** The value with the rich ones in it replaced by a few words, so that their insides are not printed. */
function abridged(value: unknown, depth = 0): unknown {
  const words = briefly(value);
  if (words !== undefined) return { [inspect.custom]: () => words };
  if (depth > inspectOptions.depth) return value;
  if (Array.isArray(value)) return value.length > 1000 ? value : value.map((item: unknown) => abridged(item, depth + 1));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, abridged(item, depth + 1)]));
}

/** A list of experiments, of configs or of rows as a table, in HTML and as text. */
function listTable(value: unknown, { limit = 20 }: ShowOptions): readonly [html: string, text: string] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const total = value.length;
  // Of experiments the newest: they come oldest first, and each that is shown has to be read.
  const shown = value.every(isExperiment)
    ? experimentsTable(value.slice(-limit))
    : value.every(isConfig)
      ? configsTable(value.slice(0, limit))
      : isRowList(value)
        ? rowsTable(value.slice(0, limit))
        : undefined;
  return shown && [htmlTable(shown, { limit, total, headings: 'names' }), textTable(shown, { limit, total, headings: 'names' })];
}

function htmlOutput(html: string, text: string): RichOutput {
  return { data: { 'text/html': html, 'text/plain': printable(text) }, metadata: {} };
}

function tableOutput(table: ColumnTable, { limit = 20 }: ShowOptions): RichOutput {
  return htmlOutput(htmlTable(table, { limit, headings: 'names' }), textTable(table, { limit, headings: 'names' }));
}

/** Marks an output as the doing of an experiment or a series: `runNotebook` collects these names, which are paths from the results. */
function experimentMetadata(value: unknown): Readonly<Record<string, unknown>> {
  if (isSeries(value)) return { orchlab: { experiment: value.name } };
  if (!isExperiment(value)) return {};
  const series = seriesNameOf(value);
  return { orchlab: { experiment: series === undefined ? value.name : `${series}/${value.name}` } };
}

// Without text/html, which JupyterLab would prefer to the interactive chart. nbconvert, GitHub and Quarto take the pictures.
function plotOutput(spec: Plot): RichOutput {
  const svg = plotToSvg(spec);
  const data = {
    'application/vnd.vegalite.v5+json': rounded({ ...spec, $schema: vegaLiteSchema }),
    'image/svg+xml': compactSvg(svg),
    'image/png': svgToSmallPng(svg, { scale: 1.5 }).toString('base64'),
    'text/plain': plotText(spec),
  };
  return { data, metadata: { 'image/png': pictureSize(svg) } };
}

/** Numbers to seven digits: more than any picture or tooltip shows, in half of the text. */
function rounded(spec: object): object {
  return JSON.parse(
    JSON.stringify(spec, (_, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value,
    ),
  ) as object;
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
