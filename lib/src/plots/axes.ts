import { ticks } from 'd3-array';
import type { SpecPart } from './plot-frame.ts';
import type { Experiment } from '../results/experiment.ts';
import { formatSeconds } from '../analysis/format-figure.ts';

/** A logarithmic axis of times from `low` to `high` seconds, with labels that say their unit (`10 ms`, `2 s`), none below the clock's step. */
export function logSecondsAxis(low: number, high: number, resolutionSeconds: number, title: string | null, width: number): SpecPart {
  const values = logTicks(Math.max(low, resolutionSeconds), high, width / labelWidth);
  return {
    title,
    type: 'quantitative',
    scale: { type: 'log', domain: [low, high], nice: false, clamp: true },
    axis: {
      values,
      // Of more values than the config's count of ticks, Vega drops every second.
      tickCount: values.length,
      labelExpr: secondsLabelExpr,
      grid: true,
      ...(title === null ? { labels: false, ticks: false, domain: false } : {}),
    },
  };
}

/** Pixels that a label such as `500 ms` takes, with some air. */
const labelWidth = 52;

/** Fewer labels than this don't say that an axis is logarithmic. */
const leastLabels = 3;

/**
 * Where to label a logarithmic axis: at the double and fivefold of each power of ten if there is room, else at each power; between powers, at
 * all whole multiples, or evenly, where only so there are three.
 */
export function logTicks(low: number, high: number, most: number): readonly number[] {
  const between = (factors: readonly number[]): readonly number[] => {
    const found: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
      for (const factor of factors) found.push(Number((factor * 10 ** power).toPrecision(2)));
    return found.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  };
  const choices = [between([1, 2, 5]), between([1]), between([1, 3]), between([1, 2, 3, 4, 5, 6, 7, 8, 9])];
  const fitting = choices.find((choice) => choice.length >= leastLabels && choice.length <= most);
  if (fitting) return fitting;
  const decades = between([1]);
  const every = Math.ceil(decades.length / Math.max(2, most));
  if (decades.length >= leastLabels) return decades.filter((_, index) => index % every === 0);
  if (!(low < high)) return [low];
  // How many there are of about so many is up to where they fall.
  return ticks(low, high, [3, 4, 5, 6].find((count) => ticks(low, high, count).length >= leastLabels) ?? 6);
}

/** Title of an axis of seconds: what its zero is (`loadSpan`). */
export function timeAxisTitle(experiments: readonly Experiment[]): string {
  const withWarmUp = experiments.some(({ manifest }) => manifest.config.warm_up_seconds > 0);
  const withBacklog = experiments.some(({ manifest }) => manifest.config.backlog !== undefined);
  return `seconds since the first submission${withWarmUp ? ' after the warm-up' : withBacklog ? ' after the backlog' : ''}`;
}

/** `formatSeconds` of a time read from a clock of `resolutionSeconds`: less than its step is `under 1 ms`. */
export function formatClockSeconds(seconds: number, resolutionSeconds: number): string {
  return seconds < resolutionSeconds ? `under ${formatSeconds(resolutionSeconds)}` : formatSeconds(seconds);
}

/** `formatSeconds` for labels of an axis, as a Vega expression. */
export const secondsLabelExpr = "datum.value < 1 ? format(datum.value * 1000, '.3~r') + ' ms' : format(datum.value, '.3~r') + ' s'";

/** Dragging moves a plot along its x axis, ctrl (or cmd) and wheel zooms, a double click resets. */
export const zoomParam: SpecPart = {
  name: 'zoom',
  // A plain wheel must scroll the page; a pinch on a trackpad comes as ctrl and wheel.
  select: { type: 'interval', encodings: ['x'], zoom: 'wheel![event.ctrlKey || event.metaKey]' },
  bind: 'scales',
};
