import type { AlignedSeries } from '../analysis/thin-series.ts';
import { facetWidth, sideBySide } from './facets.ts';
import type { SpecPart } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { secondsLabelExpr, logTicks, zoomParam } from './axes.ts';
import { legendColumns } from './text-fit.ts';
import { legendAboveTitle, neutralColor, plotWidth, titleAbove } from './theme.ts';

/** Series of one unit over one time axis. */
export interface TimePanel {
  /** A short word for the panel, unique in its picture. */
  readonly name: string;
  /** Title of the y axis, with the unit. */
  readonly title: string;
  /** Times in seconds, and a value for each of the panel's series. */
  readonly data: AlignedSeries;
  /** Lines, lines that keep their value until the next row, stacked areas that do, or a dot a reading. Default line. */
  readonly mark?: 'line' | 'step' | 'area' | 'dots';
  /** Default 160. */
  readonly height?: number;
  /** Default linear, from zero. A logarithmic one is of seconds. */
  readonly scale?: 'linear' | 'log';
  /** More values for the tooltips, such as what a figure was counted from. */
  readonly extra?: Readonly<Record<string, Float64Array>>;
  /** Values that `over` draws, for which a logarithmic axis must have room. */
  readonly alsoShown?: readonly number[];
  /** Layers to draw under the marks, which they neither tint nor take the mouse from; they bring their own data and fields. */
  readonly under?: readonly SpecPart[];
  /** Layers to draw over the marks; they bring their own data and fields. */
  readonly over?: readonly SpecPart[];
  /** Unit of the values, for tooltips. */
  readonly unit?: string;
  /** d3-format of values in tooltips. Default `,.4~r`. */
  readonly format?: string;
}

/** Panels above each other: what one experiment did, or several that share them. */
export interface TimeFacet {
  readonly heading: string;
  readonly panels: readonly TimePanel[];
}

interface TimePanelsOptions {
  readonly plot: PlotOptions;
  /** Title of the time axis (`timeAxisTitle`). */
  readonly timeTitle: string;
  /** What the legend calls every series of every panel, and its colour. */
  readonly colors: Readonly<Record<string, string>>;
  /** The name in the legend of series that are called otherwise. */
  readonly legendNames?: Readonly<Record<string, string>>;
  /** Seconds from where to where. Default: from the first reading to the last. */
  readonly span?: readonly [fromSeconds: number, toSeconds: number];
}

/** What all panels of a plot share. */
interface Shared {
  readonly width: number;
  readonly scaleHeight: number;
  readonly timeTitle: string;
  readonly color: SpecPart;
  readonly legendNames: Readonly<Record<string, string>>;
  readonly hasLegend: boolean;
  readonly span: readonly [number, number];
  /** Of all panels of one name, so that heights can be compared between facets. */
  readonly yScale: (name: string) => SpecPart;
}

/**
 * Panels above each other on one shared time axis, side by side for several facets, as the body of a Vega-Lite spec.
 *
 * A click on a legend entry shows that series alone; dragging moves all panels in time, ctrl (or cmd) and wheel zooms, a double
 * click resets. Hovering shows all values of the panel at that time. Facets have the same axes.
 */
export function timePanels(facets: readonly TimeFacet[], options: TimePanelsOptions): SpecPart {
  const { legendNames = {} } = options;
  const all = facets.flatMap(({ panels }) => panels);
  const legendName = (series: string): string => legendNames[series] ?? series;
  const shownIn = ({ data }: TimePanel): readonly string[] => [
    ...new Set(
      Object.entries(data.values)
        .filter(([, values]) => values.some((value) => !Number.isNaN(value)))
        .map(([name]) => legendName(name)),
    ),
  ];
  const shown = Object.keys(options.colors).filter((name) => all.some((panel) => shownIn(panel).includes(name)));
  // A panel of one series says in its title what that is.
  const inLegend = shown.filter((name) => all.some((panel) => shownIn(panel).length > 1 && shownIn(panel).includes(name)));
  const hasLegend = inLegend.length > 1;
  const isSingle = all.length === 1;
  const symbolType = all.some((panel) => panel.mark === 'area') ? 'square' : 'stroke';
  const tallest = Math.max(...all.map((panel) => panel.height ?? defaultHeight));
  const shared: Shared = {
    width: facetWidth(facets.length, options.plot.width),
    scaleHeight: (options.plot.height ?? tallest) / tallest,
    timeTitle: options.timeTitle,
    color: {
      type: 'nominal',
      scale: { domain: shown, range: shown.map((name) => options.plot.palette?.[name] ?? options.colors[name]) },
      legend: hasLegend
        ? {
            values: inLegend,
            symbolType,
            symbolStrokeWidth: 3,
            ...legendColumns(inLegend, options.plot.width ?? plotWidth),
            ...(isSingle ? legendAboveTitle : {}),
          }
        : null,
    },
    legendNames,
    hasLegend,
    span: options.span ?? wholeSpan(all),
    yScale: (name) => yScale(all.filter((panel) => panel.name === name)),
  };
  const params = selectionParams(hasLegend);
  const nameOf = (panel: TimePanel, facet: number): string => (facets.length === 1 ? panel.name : `${panel.name}${facet + 1}`);
  const datasets = Object.fromEntries(
    facets.flatMap(({ panels }, facet) => panels.map((panel) => [nameOf(panel, facet), toRows(panel)] as const)),
  );
  const [only] = all;
  if (only !== undefined && isSingle) return { datasets, ...panelSpec(only, only.name, true, shared, params) };
  return sideBySide(
    facets.map(({ heading, panels }, facet) => [
      heading,
      {
        vconcat: panels.map((panel, index) => panelSpec(panel, nameOf(panel, facet), index === panels.length - 1, shared)),
        resolve: { scale: { x: 'shared', color: 'shared' } },
      },
    ]),
    {
      width: shared.width,
      shared: {
        datasets,
        params: params.map((param) => ({ ...param, views: Object.keys(datasets).map((name) => `${name}_marks`) })),
        resolve: { scale: { x: 'shared', color: 'shared' } },
      },
    },
  );
}

const defaultHeight = 160;

function panelSpec(panel: TimePanel, name: string, isLast: boolean, shared: Shared, params?: readonly SpecPart[]): SpecPart {
  const timeTitle = isLast ? shared.timeTitle : null;
  const isFew = panel.mark !== 'area' && panel.mark !== 'step' && panel.data.times.length <= fewPoints;
  return {
    width: shared.width,
    height: Math.round((panel.height ?? defaultHeight) * shared.scaleHeight),
    layer: [
      ...(panel.under ?? []),
      { ...marksLayer(panel, name, timeTitle, shared), ...(params === undefined ? {} : { params }) },
      ...(isFew && panel.mark !== 'dots' ? [dotsLayer(panel, name, shared)] : []),
      hoverLayer(panel, name, shared.width),
      ...(panel.over ?? []),
    ],
  };
}

function selectionParams(hasLegend: boolean): readonly SpecPart[] {
  const legend = { name: 'series', select: { type: 'point', fields: ['series'] }, bind: 'legend' };
  return hasLegend ? [zoomParam, legend] : [zoomParam];
}

/** Vega takes dots and brackets in the name of a field for a path. */
function fieldOf(name: string): string {
  return name.replaceAll(/[.[\]\\'"]/g, String.raw`\$&`);
}

/** Rows of a time as one a series; `curve` is what a line follows, `series` what the legend calls it. */
function foldTransform(panel: TimePanel, { legendNames }: Shared): readonly SpecPart[] {
  const names = Object.keys(panel.data.values);
  const isRenamed = names.some((name) => name in legendNames);
  if (!isRenamed) return [{ fold: names.map(fieldOf), as: ['series', 'value'] }];
  const renamed = Object.fromEntries(names.map((name) => [name, legendNames[name] ?? name]));
  return [
    { fold: names.map(fieldOf), as: ['curve', 'value'] },
    { calculate: `(${JSON.stringify(renamed)})[datum.curve]`, as: 'series' },
  ];
}

function marksLayer(panel: TimePanel, name: string, timeTitle: string | null, shared: Shared): SpecPart {
  const names = Object.keys(panel.data.values);
  const fold = foldTransform(panel, shared);
  const isArea = panel.mark === 'area';
  const isFiltered = shared.hasLegend && names.length > 1;
  const opacity = { condition: { param: 'series', value: isArea ? 0.9 : 1 }, value: 0.12 };
  return {
    name: `${name}_marks`,
    data: { name },
    transform: [
      ...fold,
      ...(isArea ? [{ calculate: `indexof(${JSON.stringify(names)}, datum.series)`, as: 'order' }] : []),
      ...(panel.mark === 'dots' ? [{ filter: 'isValid(datum.value)' }] : []),
    ],
    mark: markOf(panel),
    encoding: {
      x: {
        field: 'seconds',
        type: 'quantitative',
        title: timeTitle,
        axis: { labels: timeTitle !== null, ticks: timeTitle !== null },
        scale: { domain: shared.span, nice: false },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title: panel.title,
        stack: isArea ? 'zero' : null,
        axis: { ...titleAbove, ...logAxis(panel, shared) },
        scale: shared.yScale(panel.name),
      },
      color: { field: 'series', ...shared.color },
      ...(fold.length > 1 ? { detail: { field: 'curve', type: 'nominal' } } : {}),
      ...(isArea ? { order: { field: 'order', type: 'quantitative' } } : {}),
      ...(isFiltered ? { opacity } : {}),
    },
  };
}

function markOf({ mark = 'line' }: TimePanel): SpecPart {
  if (mark === 'dots') return { type: 'point', filled: true, size: 40, opacity: 1 };
  if (mark === 'area') return { type: 'area', interpolate: 'step-after', clip: true, line: false };
  return { type: 'line', interpolate: mark === 'step' ? 'step-after' : 'linear', clip: true };
}

/** Below this many, a reading shows as a dot: a line of one is none. */
const fewPoints = 12;

function dotsLayer(panel: TimePanel, name: string, shared: Shared): SpecPart {
  return {
    data: { name },
    transform: [...foldTransform(panel, shared), { filter: 'isValid(datum.value)' }],
    mark: { type: 'point', filled: true, size: 24, opacity: 1 },
    encoding: {
      x: { field: 'seconds', type: 'quantitative' },
      y: { field: 'value', type: 'quantitative' },
      color: { field: 'series', ...shared.color },
    },
  };
}

/** A single reading gets half a second on either side; dots get room at the edges, where they would be cut in half. */
function wholeSpan(panels: readonly TimePanel[]): readonly [number, number] {
  const first = Math.min(...panels.map(({ data }) => data.times[0] ?? 0));
  const last = Math.max(...panels.map(({ data }) => data.times.at(-1) ?? 0));
  const hasDots = panels.some(
    ({ mark, data }) => mark === 'dots' || (mark !== 'area' && mark !== 'step' && data.times.length <= fewPoints),
  );
  const margin = first < last ? (hasDots ? (last - first) / 100 : 0) : 0.5;
  return [Number((first - margin).toPrecision(6)), Number((last + margin).toPrecision(6))];
}

/** Lines get some room above their highest point: there they would be cut in half. */
function yScale(panels: readonly TimePanel[]): SpecPart {
  const [first] = panels;
  const values = panels.flatMap(({ data }) => Object.values(data.values).flatMap((series) => [...series].filter(Number.isFinite)));
  if (first?.scale === 'log') {
    const { low, high } = logDomain([...values, ...panels.flatMap(({ alsoShown = [] }) => alsoShown)]);
    return { type: 'log', domain: [low, high], nice: false };
  }
  if (first?.mark === 'area')
    return panels.length === 1 ? { type: 'linear' } : { type: 'linear', domain: [0, digits(highestStack(panels)) || 1] };
  return { type: 'linear', domain: [0, digits(Math.max(0, ...values) * 1.04) || 1] };
}

function highestStack(panels: readonly TimePanel[]): number {
  return Math.max(
    ...panels.map(({ data }) => {
      const series = Object.values(data.values);
      return data.times.reduce(
        (most, _, index) =>
          Math.max(
            most,
            series.reduce((sum, values) => sum + (values[index] || 0), 0),
          ),
        0,
      );
    }),
  );
}

/** A little beyond the values on either side. */
function logDomain(values: readonly number[]): { readonly low: number; readonly high: number } {
  const above = values.filter((value) => value > 0);
  const low = above.length === 0 ? 1 : Math.min(...above);
  const high = above.length === 0 ? 10 : Math.max(...above);
  return { low: Number((low / 1.1).toPrecision(3)), high: Number((high * 1.1).toPrecision(3)) };
}

/** Of seconds on a vertical logarithmic axis. */
const mostLogLabels = 9;

function logAxis(panel: TimePanel, shared: Shared): SpecPart {
  const { type, domain } = shared.yScale(panel.name) as { type: string; domain?: readonly [number, number] };
  if (type !== 'log' || !domain) return {};
  const values = logTicks(...domain, mostLogLabels);
  return { values, tickCount: values.length, labelExpr: secondsLabelExpr };
}

/**
 * Unseen rectangles, one a row, that carry the tooltip: an area or a line as a whole has only one. Where a value holds until the next row
 * they are as wide as that.
 */
function hoverLayer(panel: TimePanel, name: string, width: number): SpecPart {
  const names = Object.keys(panel.data.values);
  const points = Math.max(1, panel.data.times.length);
  const value = (field: string): SpecPart => ({ field: fieldOf(field), type: 'quantitative', format: panel.format ?? ',.4~r' });
  const holds = panel.mark === 'step' || panel.mark === 'area';
  return {
    data: { name },
    ...(holds
      ? { transform: [{ window: [{ op: 'lead', field: 'seconds', as: 'until' }] }, { filter: 'datum.until > datum.seconds' }] }
      : {}),
    params: [{ name: `${name}_hover`, select: { type: 'point', on: 'mouseover', clear: 'mouseout' } }],
    mark: holds
      ? { type: 'rect', color: neutralColor, clip: true }
      : { type: 'rule', color: neutralColor, strokeWidth: Math.ceil(width / points) + 1, clip: true },
    encoding: {
      x: { field: 'seconds', type: 'quantitative' },
      ...(holds ? { x2: { field: 'until' } } : {}),
      opacity: { condition: { param: `${name}_hover`, empty: false, value: 0.2 }, value: 0 },
      tooltip: [
        { field: 'seconds', type: 'quantitative', title: holds ? 'from (s)' : 'at (s)', format: ',.2~f' },
        ...(holds ? [{ field: 'until', type: 'quantitative', title: 'to (s)', format: ',.2~f' }] : []),
        ...names.map((series) => ({ ...value(series), title: panel.unit === undefined ? series : `${series} (${panel.unit})` })),
        ...Object.keys(panel.extra ?? {}).map((series) => ({ ...value(series), title: series })),
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
