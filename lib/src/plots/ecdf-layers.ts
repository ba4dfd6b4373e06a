import { bisectRight } from 'd3-array';
import { carries } from '../statistics/carries.ts';
import { ecdf } from '../analysis/ecdf.ts';
import { formatClockSeconds } from './axes.ts';
import type { Curve } from './ecdf-curves.ts';
import { type ShareAxis, heightOn } from './ecdf-share-axis.ts';
import type { SpecPart } from './plot-frame.ts';

export interface EcdfAxes {
  readonly axis: ShareAxis;
  /** Times below are drawn at it. */
  readonly low: number;
  readonly x: SpecPart;
  readonly y: SpecPart & { readonly field: string };
  readonly color: SpecPart;
}

/** The lines, and over them their percentiles as dots. */
export function ecdfLayers(curves: readonly Curve[], { axis, low, x, y, color }: EcdfAxes, isFiltered: boolean): readonly SpecPart[] {
  const opacity = isFiltered ? { opacity: { condition: { param: 'series', value: 1 }, value: 0.12 } } : {};
  const isRenamed = curves.some(({ name, label }) => name !== label);
  return [
    {
      data: { values: curves.flatMap((curve) => linePoints(curve, low, axis, isRenamed)) },
      mark: { type: 'line', interpolate: 'step-after', clip: true },
      encoding: {
        x,
        y,
        color,
        order: { field: y.field, type: 'quantitative', sort: axis === 'tail' ? 'descending' : 'ascending' },
        ...(isRenamed ? { detail: { field: 'curve', type: 'nominal' } } : {}),
        ...opacity,
      },
    },
    {
      data: { values: curves.flatMap((curve) => percentileDots(curve, low, axis)) },
      mark: { type: 'point', filled: true, size: 34, opacity: 1 },
      encoding: {
        x,
        y,
        color,
        ...opacity,
        tooltip: [
          { field: 'curve', type: 'nominal', title: 'of' },
          { field: 'percentile', type: 'nominal', title: 'percentile' },
          { field: 'time', type: 'nominal', title: 'time' },
        ],
      },
    },
  ];
}

/** Points of a line, the dots among them: the line that is thinned still goes through those. */
const linePointsAtMost = 110;

function linePoints({ name, label, sortedSeconds }: Curve, low: number, axis: ShareAxis, isRenamed: boolean): readonly SpecPart[] {
  const total = sortedSeconds.length;
  const shares = new Map(ecdf(sortedSeconds, { maxPoints: linePointsAtMost }).map(({ value, shareRatio }) => [value, shareRatio] as const));
  for (const { seconds } of dotsOf(sortedSeconds)) shares.set(seconds, bisectRight(sortedSeconds, seconds) / total);
  const points = [...shares].toSorted(([a], [b]) => a - b);
  const row = (seconds: number, share: number): SpecPart => ({
    series: label,
    ...(isRenamed ? { curve: name } : {}),
    seconds: clampSeconds(seconds, low),
    ...heightOn(axis, share, total),
  });
  return [row(points[0]?.[0] ?? low, 0), ...points.map(([seconds, share]) => row(seconds, share))];
}

const dots = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

/** The percentiles that are drawn: the least time that at least so many took at most (type 1 of Hyndman and Fan), which is on the line. */
function dotsOf(sortedSeconds: Float64Array): readonly { readonly p: number; readonly seconds: number }[] {
  const total = sortedSeconds.length;
  return dots
    .filter((p) => p === 1 || (carries(total, p) && p * total >= 1))
    .map((p) => ({ p, seconds: sortedSeconds[Math.ceil(p * total - 1e-9) - 1] ?? Number.NaN }));
}

function percentileDots({ name, label, sortedSeconds }: Curve, low: number, axis: ShareAxis): readonly SpecPart[] {
  return dotsOf(sortedSeconds).map(({ p, seconds }) => ({
    series: label,
    curve: name,
    percentile: p === 1 ? 'max' : `p${Number((p * 100).toPrecision(6))}`,
    time: formatClockSeconds(seconds, low),
    seconds: clampSeconds(seconds, low),
    ...heightOn(axis, p, sortedSeconds.length),
  }));
}

function clampSeconds(seconds: number, low: number): number {
  return Number(Math.max(seconds, low).toPrecision(4));
}
