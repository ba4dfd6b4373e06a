import type { AlignedSeries } from '../analysis/thin-series.ts';
import type { SpecPart } from './plot-frame.ts';
import { legendAboveTitle, neutralColor, titleAbove } from './theme.ts';
import { zoomParam } from './zoom.ts';

/** Series of one unit over one time axis. */
export interface TimePanel {
  /** A short word for the panel, unique in its plot. */
  readonly name: string;
  /** Title of the y axis, with the unit. */
  readonly title: string;
  /** Times in seconds, and a value for each of the panel's series. */
  readonly data: AlignedSeries;
  /** Stacked areas, lines, or lines that keep their value until the next reading. Default line. */
  readonly mark?: 'line' | 'step' | 'area';
  readonly height?: number;
  /** Default linear, from zero. */
  readonly scale?: 'linear' | 'log';
  /** More values for the tooltips, such as what a figure was counted from. */
  readonly extra?: Readonly<Record<string, Float64Array>>;
  /** Draws a dot at each reading, so that one between two gaps shows. Default: only where readings are few. */
  readonly dots?: boolean;
  /** Layers to draw over the marks; they bring their own data, with the fields `seconds` and `value`. */
  readonly over?: readonly SpecPart[];
  /** Unit of the values, for tooltips. */
  readonly unit?: string;
  /** d3-format of values in tooltips. Default `,.4~r`. */
  readonly format?: string;
}

interface TimePanelsOptions {
  readonly width: number;
  /** Title of the time axis (`timeAxisTitle`). */
  readonly timeTitle: string;
  /** Every series of every panel: what it is called in the legend, and its colour. */
  readonly colors: Readonly<Record<string, string>>;
  /** Seconds from where to where. Default: from the first reading to the last. */
  readonly span?: readonly [fromSeconds: number, toSeconds: number];
}

/**
 * Panels above each other on one shared time axis, as the body of a Vega-Lite spec.
 *
 * A click on a legend entry shows that series alone; dragging moves all panels in time, ctrl (or cmd) and wheel zooms, a double
 * click resets. Hovering shows all values of the panel at that time.
 */
export function timePanels(panels: readonly TimePanel[], options: TimePanelsOptions): SpecPart {
  const shown = Object.keys(options.colors).filter((name) => panels.some((panel) => name in panel.data.values));
  // A panel of one series says in its title what that is.
  const inLegend = shown.filter((name) => panels.some(({ data }) => name in data.values && Object.keys(data.values).length > 1));
  const symbolType = panels.some((panel) => panel.mark === 'area') ? 'square' : 'stroke';
  const color = {
    type: 'nominal',
    scale: { domain: shown, range: shown.map((name) => options.colors[name]) },
    legend:
      inLegend.length > 1 ? { values: inLegend, symbolType, symbolStrokeWidth: 3, ...(panels.length === 1 ? legendAboveTitle : {}) } : null,
  };
  const only = panels.length === 1 ? panels[0] : undefined;
  const span = options.span ?? wholeSpan(panels);
  const params = selectionParams(inLegend.length > 1);
  const layersOf = (panel: TimePanel, isLast: boolean): SpecPart => ({
    width: options.width,
    height: panel.height ?? 160,
    layer: [
      {
        ...marksLayer(panel, { color, inLegend, span, timeTitle: isLast ? options.timeTitle : null }),
        ...(only === undefined ? {} : { params }),
      },
      ...((panel.dots ?? panel.data.times.length <= fewPoints) ? [dotsLayer(panel, color)] : []),
      hoverLayer(panel, options.width),
      ...(panel.over ?? []),
    ],
  });
  const datasets = Object.fromEntries(panels.map((panel) => [panel.name, toRows(panel)]));
  if (only !== undefined) return { datasets, ...layersOf(only, true) };
  return {
    datasets,
    params: params.map((param) => ({ ...param, views: panels.map((panel) => `${panel.name}_marks`) })),
    vconcat: panels.map((panel, index) => layersOf(panel, index === panels.length - 1)),
    resolve: { scale: { x: 'shared', color: 'shared' } },
  };
}

function selectionParams(hasLegend: boolean): readonly SpecPart[] {
  const legend = { name: 'series', select: { type: 'point', fields: ['series'] }, bind: 'legend' };
  return hasLegend ? [zoomParam, legend] : [zoomParam];
}

interface MarksOptions {
  readonly color: SpecPart;
  readonly inLegend: readonly string[];
  readonly span: readonly [number, number];
  /** Of the lowest panel, which has the labels of the time axis; null for the others. */
  readonly timeTitle: string | null;
}

function marksLayer(panel: TimePanel, { color, inLegend, span, timeTitle }: MarksOptions): SpecPart {
  const names = Object.keys(panel.data.values);
  const isArea = panel.mark === 'area';
  const mark = isArea
    ? { type: 'area', interpolate: 'step-after', clip: true, line: false }
    : { type: 'line', interpolate: panel.mark === 'step' ? 'step-after' : 'linear', clip: true };
  const isFiltered = inLegend.length > 1 && names.every((name) => inLegend.includes(name));
  const opacity = { condition: { param: 'series', value: isArea ? 0.9 : 1 }, value: 0.12 };
  return {
    name: `${panel.name}_marks`,
    data: { name: panel.name },
    transform: [
      { fold: names, as: ['series', 'value'] },
      { calculate: `indexof(${JSON.stringify(names)}, datum.series)`, as: 'order' },
    ],
    mark,
    encoding: {
      x: {
        field: 'seconds',
        type: 'quantitative',
        title: timeTitle,
        axis: { labels: timeTitle !== null, ticks: timeTitle !== null },
        scale: { domain: span, nice: false },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title: panel.title,
        stack: isArea ? 'zero' : null,
        axis: titleAbove,
        scale: yScale(panel, isArea),
      },
      color: { field: 'series', ...color },
      order: { field: isArea ? 'order' : 'seconds', type: 'quantitative' },
      ...(isFiltered ? { opacity } : {}),
    },
  };
}

/** Below this many, a reading shows as a dot: a line of one is none. */
const fewPoints = 12;

function dotsLayer(panel: TimePanel, color: SpecPart): SpecPart {
  return {
    data: { name: panel.name },
    transform: [{ fold: Object.keys(panel.data.values), as: ['series', 'value'] }, { filter: 'isValid(datum.value)' }],
    mark: { type: 'point', filled: true, size: 24, opacity: panel.mark === 'area' ? 0 : 1, clip: true },
    encoding: {
      x: { field: 'seconds', type: 'quantitative' },
      y: { field: 'value', type: 'quantitative' },
      color: { field: 'series', ...color },
    },
  };
}

/** A single reading gets half a second on either side. */
function wholeSpan(panels: readonly TimePanel[]): readonly [number, number] {
  const first = Math.min(...panels.map(({ data }) => data.times[0] ?? 0));
  const last = Math.max(...panels.map(({ data }) => data.times.at(-1) ?? 0));
  const margin = first < last ? 0 : 0.5;
  return [Number((first - margin).toPrecision(6)), Number((last + margin).toPrecision(6))];
}

/** Lines get some room above their highest point: there they would be cut in half. */
function yScale(panel: TimePanel, isArea: boolean): SpecPart {
  if (panel.scale === 'log') return { type: 'log', nice: false };
  if (isArea) return { type: 'linear' };
  const highest = Math.max(0, ...Object.values(panel.data.values).flatMap((values) => [...values].filter(Number.isFinite)));
  return { type: 'linear', domain: [0, digits(highest * 1.04) || 1] };
}

/** Unseen bars, one a point in time, that carry the tooltip: an area or a line as a whole has only one. */
function hoverLayer(panel: TimePanel, width: number): SpecPart {
  const names = Object.keys(panel.data.values);
  const points = Math.max(1, panel.data.times.length);
  const value = (field: string): SpecPart => ({ field, type: 'quantitative', format: panel.format ?? ',.4~r' });
  return {
    data: { name: panel.name },
    params: [{ name: `${panel.name}_hover`, select: { type: 'point', on: 'mouseover', clear: 'mouseout' } }],
    mark: { type: 'rule', color: neutralColor, strokeWidth: Math.ceil(width / points) + 1, clip: true },
    encoding: {
      x: { field: 'seconds', type: 'quantitative' },
      opacity: { condition: { param: `${panel.name}_hover`, empty: false, value: 0.2 }, value: 0 },
      tooltip: [
        { field: 'seconds', type: 'quantitative', title: 'at (s)', format: ',.2~f' },
        ...names.map((name) => ({ ...value(name), title: panel.unit === undefined ? name : `${name} (${panel.unit})` })),
        ...Object.keys(panel.extra ?? {}).map((name) => ({ ...value(name), title: name })),
      ],
    },
  };
}

/** One row a time: `{ seconds, scheduler: 124.1, workers: null }`, unknown values null. */
function toRows({ data, extra }: TimePanel): readonly SpecPart[] {
  const entries = Object.entries({ ...data.values, ...extra });
  return Array.from(data.times, (seconds, index) => ({
    seconds: Number(seconds.toPrecision(6)),
    ...Object.fromEntries(entries.map(([name, values]) => [name, digits(values[index] ?? Number.NaN)])),
  }));
}

/** Rounded to four significant digits (whole numbers above 1000 keep all of theirs); null when not known, as JSON has no NaN. */
export function digits(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
}
