import { logSecondsAxis } from './axes.ts';
import type { Curve } from './ecdf-curves.ts';
import { ecdfLayers } from './ecdf-layers.ts';
import { shareAxis } from './ecdf-share-axis.ts';
import type { SpecPart } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { legendColumns } from './text-fit.ts';
import { legendAboveTitle, plotWidth } from './theme.ts';

export interface TailEcdfOptions {
  /** By the label of a curve, in the order of the legend. */
  readonly colors: Readonly<Record<string, string>>;
  /** What the times are; their units and scale are added. */
  readonly times: string;
  /** What the shares are of, in the plural. */
  readonly of: string;
  /** Times below can't be told apart. */
  readonly resolutionSeconds: number;
}

/**
 * The view of a distribution by its slowest: the share that took at most a given time, a line a curve, on an axis that gives each tenth of what is left the
 * same room. There is a legend where there are several.
 */
export function tailEcdf(
  curves: readonly Curve[],
  { colors, times, of, resolutionSeconds }: TailEcdfOptions,
  { width = plotWidth, height = 260 }: Pick<PlotOptions, 'width' | 'height'>,
): SpecPart {
  const low = Math.max(resolutionSeconds, Math.min(...curves.map(({ sortedSeconds }) => sortedSeconds[0] ?? 0)));
  const high = Math.max(low * 1.5, ...curves.map(({ sortedSeconds }) => sortedSeconds.at(-1) ?? 0));
  const labels = Object.keys(colors);
  const most = Math.max(...curves.map(({ sortedSeconds }) => sortedSeconds.length));
  const legend = { symbolType: 'stroke', symbolStrokeWidth: 3, ...legendAboveTitle, ...legendColumns(labels, width) };
  const axes = {
    axis: 'tail',
    low,
    x: { field: 'seconds', ...logSecondsAxis(low, high, resolutionSeconds, `${times} (ms and s, log scale)`, width) },
    y: { ...shareAxis('tail', most), title: `share of ${of} (%, tail stretched)` },
    color: {
      field: 'series',
      type: 'nominal',
      scale: { domain: labels, range: Object.values(colors) },
      legend: labels.length > 1 ? legend : null,
    },
  } as const;
  return { width, height, layer: ecdfLayers(curves, axes, false) };
}
