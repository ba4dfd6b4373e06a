import { ticks } from 'd3-array';
import { secondsLabelExpr } from './format-seconds.ts';
import type { SpecPart } from './plot-frame.ts';

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
