import { zoomParam } from './axes.ts';
import { facetWidth, sideBySide } from './facets.ts';
import type { SpecPart } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { legendColumns } from './text-fit.ts';
import { legendAboveTitle, plotWidth } from './theme.ts';
import { type TimePanel, type TimeFacet, hasDots, toRows } from './time-panel.ts';
import { type SharedByPanels, dotsLayer, hoverLayer, marksLayer } from './time-panel-layers.ts';
import { wholeSpan, yScale } from './time-panel-scales.ts';

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

interface Shared extends SharedByPanels {
  readonly width: number;
  readonly scaleHeight: number;
  readonly timeTitle: string;
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
  return {
    width: shared.width,
    height: Math.round((panel.height ?? defaultHeight) * shared.scaleHeight),
    layer: [
      ...(panel.under ?? []),
      { ...marksLayer(panel, name, timeTitle, shared), ...(params === undefined ? {} : { params }) },
      ...(hasDots(panel) && panel.mark !== 'dots' ? [dotsLayer(panel, name, shared)] : []),
      hoverLayer(panel, name, shared.width),
      ...(panel.over ?? []),
    ],
  };
}

function selectionParams(hasLegend: boolean): readonly SpecPart[] {
  const legend = { name: 'series', select: { type: 'point', fields: ['series'] }, bind: 'legend' };
  return hasLegend ? [zoomParam, legend] : [zoomParam];
}
