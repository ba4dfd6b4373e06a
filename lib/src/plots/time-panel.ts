import type { AlignedSeries } from '../analysis/thin-series.ts';
import { digits } from './digits.ts';
import type { SpecPart } from './plot-frame.ts';

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

/** Below this many, a reading shows as a dot: a line of one is none. */
const fewPoints = 12;

/** Whether a panel shows each of its readings as a dot, beside its lines or instead of them. */
export function hasDots({ mark = 'line', data }: TimePanel): boolean {
  return mark === 'dots' || (mark === 'line' && data.times.length <= fewPoints);
}

/** One row a time: `{ seconds, scheduler: 124.1, workers: null }`, unknown values null. */
export function toRows({ data, extra }: TimePanel): readonly SpecPart[] {
  const entries = Object.entries({ ...data.values, ...extra });
  return Array.from(data.times, (seconds, index) => ({
    seconds: Number(seconds.toPrecision(6)),
    ...Object.fromEntries(entries.map(([name, values]) => [name, digits(values[index] ?? Number.NaN)])),
  }));
}
