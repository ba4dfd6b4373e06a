import type { AlignedSeries } from '../analysis/thin-series.ts';
import type { SpecPart } from './plot-frame.ts';
import { neutralColor } from './theme.ts';

/** Series of one unit over one time axis. */
export interface TimePanel {
  /** A short word for the panel, unique in its plot. */
  readonly name: string;
  /** Title of the y axis, with the unit. */
  readonly title: string;
  /** Seconds since the first submission, and a value for each of the panel's series. */
  readonly data: AlignedSeries;
  /** Stacked areas, lines, or lines that keep their value until the next reading. Default line. */
  readonly mark?: 'line' | 'step' | 'area';
  readonly height?: number;
  /** d3-format of values in tooltips. Default `,.4~r`. */
  readonly format?: string;
}

interface TimePanelsOptions {
  readonly width: number;
  /** Every series of every panel: what it is called in the legend, and its colour. */
  readonly colors: Readonly<Record<string, string>>;
  readonly xTitle?: string;
}

const secondsTitle = 'seconds since the first submission';

/**
 * Panels above each other on one shared time axis, as the body of a Vega-Lite spec.
 *
 * A click on a legend entry shows that series alone; dragging moves all panels in time, ctrl (or cmd) and wheel zooms, a double
 * click resets. Hovering shows all values of the panel at that time.
 */
export function timePanels(panels: readonly TimePanel[], options: TimePanelsOptions): SpecPart {
  const shown = Object.keys(options.colors).filter((name) => panels.some((panel) => name in panel.data.values));
  const color = { domain: shown, range: shown.map((name) => options.colors[name]) };
  const only = panels.length === 1 ? panels[0] : undefined;
  const params = selectionParams(shown.length > 1);
  const layersOf = (panel: TimePanel, isLast: boolean): SpecPart => ({
    width: options.width,
    height: panel.height ?? 160,
    layer: [
      { ...marksLayer(panel, color, isLast ? (options.xTitle ?? secondsTitle) : null), ...(only === undefined ? {} : { params }) },
      hoverLayer(panel, options.width),
    ],
  });
  const datasets = Object.fromEntries(panels.map((panel) => [panel.name, toRows(panel.data)]));
  if (only !== undefined) return { datasets, ...layersOf(only, true) };
  return {
    datasets,
    params: params.map((param) => ({ ...param, views: panels.map((panel) => `${panel.name}_marks`) })),
    vconcat: panels.map((panel, index) => layersOf(panel, index === panels.length - 1)),
    resolve: { scale: { x: 'shared', color: 'shared' } },
  };
}

function selectionParams(hasLegend: boolean): readonly SpecPart[] {
  const zoom = {
    name: 'zoom',
    // A plain wheel must scroll the page; a pinch on a trackpad comes as ctrl and wheel.
    select: { type: 'interval', encodings: ['x'], zoom: 'wheel![event.ctrlKey || event.metaKey]' },
    bind: 'scales',
  };
  const legend = { name: 'series', select: { type: 'point', fields: ['series'] }, bind: 'legend' };
  return hasLegend ? [zoom, legend] : [zoom];
}

function marksLayer(panel: TimePanel, color: SpecPart & { readonly domain: readonly string[] }, xTitle: string | null): SpecPart {
  const names = Object.keys(panel.data.values);
  const isArea = panel.mark === 'area';
  const mark = isArea
    ? { type: 'area', interpolate: 'step-after', clip: true, line: false }
    : { type: 'line', interpolate: panel.mark === 'step' ? 'step-after' : 'linear', clip: true };
  const emphasis = color.domain.length > 1 ? { opacity: { condition: { param: 'series', value: isArea ? 0.9 : 1 }, value: 0.12 } } : {};
  return {
    name: `${panel.name}_marks`,
    data: { name: panel.name },
    transform: [
      { fold: names, as: ['series', 'value'] },
      { calculate: `indexof(${JSON.stringify(names)}, datum.series)`, as: 'order' },
    ],
    mark,
    encoding: {
      x: { field: 'seconds', type: 'quantitative', title: xTitle, axis: { labels: xTitle !== null, grid: false }, scale: { nice: false } },
      y: { field: 'value', type: 'quantitative', title: panel.title, stack: isArea ? 'zero' : null },
      color: {
        field: 'series',
        type: 'nominal',
        scale: color,
        ...(color.domain.length > 1 ? {} : { legend: null }),
      },
      order: { field: isArea ? 'order' : 'seconds', type: 'quantitative' },
      ...emphasis,
    },
  };
}

/** Unseen bars, one a point in time, that carry the tooltip: an area or a line as a whole has only one. */
function hoverLayer(panel: TimePanel, width: number): SpecPart {
  const names = Object.keys(panel.data.values);
  const points = Math.max(1, panel.data.times.length);
  return {
    data: { name: panel.name },
    params: [{ name: `${panel.name}_hover`, select: { type: 'point', on: 'mouseover', clear: 'mouseout' } }],
    mark: { type: 'rule', color: neutralColor, strokeWidth: Math.min(40, Math.ceil(width / points) + 1), clip: true },
    encoding: {
      x: { field: 'seconds', type: 'quantitative' },
      opacity: { condition: { param: `${panel.name}_hover`, empty: false, value: 0.3 }, value: 0 },
      tooltip: [
        { field: 'seconds', type: 'quantitative', title: 'at (s)', format: ',.2~f' },
        ...names.map((name) => ({ field: name, type: 'quantitative', title: name, format: panel.format ?? ',.4~r' })),
      ],
    },
  };
}

/** One row a time: `{ seconds, scheduler: 124.1, workers: null }`, unknown values null. */
function toRows(data: AlignedSeries): readonly SpecPart[] {
  const entries = Object.entries(data.values);
  return Array.from(data.times, (seconds, index) => ({
    seconds: roundTo(seconds, 1000),
    ...Object.fromEntries(entries.map(([name, values]) => [name, digits(values[index] ?? Number.NaN)])),
  }));
}

/** Rounded to four significant digits (whole numbers above 1000 keep all of theirs); null when not known, as JSON has no NaN. */
export function digits(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
}

function roundTo(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
