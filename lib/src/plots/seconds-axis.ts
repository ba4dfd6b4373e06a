import { secondsLabelExpr } from './format-seconds.ts';
import type { SpecPart } from './plot-frame.ts';

/** A logarithmic axis of times from `low` to `high` seconds, with a few labels that say their unit (`10 ms`, `2 s`), none below the clock's step. */
export function logSecondsAxis(low: number, high: number, resolutionSeconds: number, title: string | null): SpecPart {
  return {
    title,
    type: 'quantitative',
    scale: { type: 'log', domain: [low, high], nice: false, clamp: true },
    axis: {
      values: logTicks(Math.max(low, resolutionSeconds), high),
      labelExpr: secondsLabelExpr,
      grid: true,
      ...(title === null ? { labels: false, ticks: false, domain: false } : {}),
    },
  };
}

/** Powers of ten between `low` and `high`; with fewer than three of them also their double and fivefold. */
function logTicks(low: number, high: number): readonly number[] {
  const ticks: number[] = [];
  const factors = Math.log10(high / low) < 2.5 ? [1, 2, 5] : [1];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(1));
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}
