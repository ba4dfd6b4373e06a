import type { SpecPart } from './plot-frame.ts';
import { neutralColor, titleAbove } from './theme.ts';
import type { TimePanel } from './time-panel.ts';
import { logAxis } from './time-panel-scales.ts';

/** What all panels of a plot share. */
export interface SharedByPanels {
  readonly color: SpecPart;
  readonly legendNames: Readonly<Record<string, string>>;
  readonly hasLegend: boolean;
  readonly span: readonly [number, number];
  /** Of all panels of one name, so that heights can be compared between facets. */
  readonly yScale: (name: string) => SpecPart;
}

/** Vega takes dots and brackets in the name of a field for a path. */
function fieldOf(name: string): string {
  return name.replaceAll(/[.[\]\\'"]/g, String.raw`\$&`);
}

/** Rows of a time as one a series; `curve` is what a line follows, `series` what the legend calls it. */
function foldTransform(panel: TimePanel, { legendNames }: SharedByPanels): readonly SpecPart[] {
  const names = Object.keys(panel.data.values);
  const isRenamed = names.some((name) => name in legendNames);
  if (!isRenamed) return [{ fold: names.map(fieldOf), as: ['series', 'value'] }];
  const renamed = Object.fromEntries(names.map((name) => [name, legendNames[name] ?? name]));
  return [
    { fold: names.map(fieldOf), as: ['curve', 'value'] },
    { calculate: `(${JSON.stringify(renamed)})[datum.curve]`, as: 'series' },
  ];
}

/** The series of a panel, whose legend entries choose among them; its rows are those of the dataset `name`. */
export function marksLayer(panel: TimePanel, name: string, timeTitle: string | null, shared: SharedByPanels): SpecPart {
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
        axis: { ...titleAbove, ...logAxis(shared.yScale(panel.name)) },
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

/** A dot a reading. */
export function dotsLayer(panel: TimePanel, name: string, shared: SharedByPanels): SpecPart {
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

/**
 * Unseen rectangles, one a row, that carry the tooltip: an area or a line as a whole has only one. Where a value holds until the next row
 * they are as wide as that.
 */
export function hoverLayer(panel: TimePanel, name: string, width: number): SpecPart {
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
