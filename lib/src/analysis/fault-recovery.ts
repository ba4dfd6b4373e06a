import { countUpTo } from './edges.ts';

/** Back is what ends so much of the rate before. */
const recoveredRatio = 0.9;
/** The rate before a fault is that of so long before it, or of what there is of that. */
export const rateBeforeMs = 10_000;
const leastBeforeMs = 1000;
/** So many tasks end in a window at the rate before: short windows show a short stop, that what is made up for would hide in long ones, long ones a rate that halves. */
const endsInWindows = [10, 20, 100];
const justAfterMs = 1e-3;
const [leastWindowMs, mostWindowMs] = [250, 10_000];
/** So long after it began, or it ended, a fault may begin to show. */
const showsWithinMs = 5000;

/** Ends a second in the time before `beganMs`, from `sinceMs` on; NaN where that is less than a second, or nothing ended. */
export function rateBefore(endsMs: Float64Array, sinceMs: number, beganMs: number): number {
  const fromMs = Math.max(sinceMs, beganMs - rateBeforeMs);
  if (!(beganMs - fromMs >= leastBeforeMs)) return Number.NaN;
  const rate = (1000 * (countUpTo(endsMs, beganMs) - countUpTo(endsMs, fromMs))) / (beganMs - fromMs);
  return rate > 0 ? rate : Number.NaN;
}

export interface RecoverySpan {
  /** From when on what was before tells how it goes without a fault; NaN: nothing does. */
  readonly sinceMs: number;
  readonly beganMs: number;
  /** When the fault itself was over. */
  readonly endedMs: number;
  /** Where the next fault begins, or the load or its tasks end. */
  readonly untilMs: number;
}

/**
 * Milliseconds from the begin of a fault until tasks end at 90 % of the rate before again; 0 where they never ended at less; NaN where they never did again,
 * or there was no time to see it.
 *
 * The rate is that of windows in which 10, 20 and 100 tasks would end. It has dropped where a window that begins within 5 s of the fault has fewer than 90 %,
 * fewer than chance explains (three standard deviations of a Poisson count), and fewer than every such window before the fault; it is back at the first end from
 * which on a window has 90 % again, in the windows that take longer to show it.
 */
export function recoveryMs(endsMs: Float64Array, perSecond: number, span: RecoverySpan): number {
  if (Number.isNaN(perSecond)) return Number.NaN;
  const found = endsInWindows.map((ends) => recoveryInWindows(endsMs, perSecond, ends, span)).filter((ms) => ms !== undefined);
  return found.length === 0 ? Number.NaN : Math.max(...found);
}

/** Undefined where windows of this length can't tell. */
function recoveryInWindows(
  endsMs: Float64Array,
  perSecond: number,
  ends: number,
  { sinceMs, beganMs, endedMs, untilMs }: RecoverySpan,
): number | undefined {
  const windowMs = Math.min(mostWindowMs, Math.max(leastWindowMs, (1000 * ends) / perSecond));
  const lastStartMs = untilMs - windowMs;
  if (lastStartMs < beganMs) return undefined;
  const wanted = (perSecond * windowMs) / 1000;
  const countFrom = (fromMs: number): number => countUpTo(endsMs, fromMs + windowMs) - countUpTo(endsMs, fromMs - 1e-6);
  let least = Math.min(recoveredRatio * wanted, wanted - 3 * Math.sqrt(wanted));
  for (let index = countUpTo(endsMs, Math.max(sinceMs || beganMs, beganMs - rateBeforeMs)); index < endsMs.length; index++) {
    const ms = (endsMs[index] as number) + justAfterMs;
    if (ms + windowMs > beganMs) break;
    least = Math.min(least, countFrom(ms));
  }

  // Whether the rate falls is seen at the fault itself, and just after each end that follows.
  const lastShowMs = Math.min(lastStartMs, (Number.isNaN(endedMs) ? beganMs : endedMs) + showsWithinMs);
  let dropMs: number | undefined;
  for (let index = countUpTo(endsMs, beganMs), ms = beganMs; ms <= lastShowMs; ms = (endsMs[index++] ?? Infinity) + justAfterMs) {
    if (countFrom(ms) >= least) continue;
    dropMs = ms;
    break;
  }
  if (dropMs === undefined) return 0;
  const firstAfter = countUpTo(endsMs, dropMs);
  for (let index = firstAfter; index < endsMs.length && (endsMs[index] as number) <= lastStartMs; index++)
    if (countFrom(endsMs[index] as number) >= recoveredRatio * wanted) return (endsMs[index] as number) - beganMs;
  // Where tasks ended again so late that no window of this length was left to look at, shorter ones tell.
  const nextMs = endsMs[firstAfter] ?? Number.NEGATIVE_INFINITY;
  return nextMs > lastStartMs || lastStartMs < dropMs + windowMs ? undefined : Number.NaN;
}
