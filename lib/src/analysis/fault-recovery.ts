import { largestDeficit, scoreLimit } from './deficit.ts';
import { countUpTo } from './edges.ts';

/** Back is what ends so much of the rate before. */
const recoveredRatio = 0.9;
/** The rate before a fault is that of so long before it, or of what there is of that. */
export const rateBeforeMs = 10_000;
const leastBeforeMs = 1000;
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
  /** From when on, and until when (else until the fault), it went as it does without a fault. */
  readonly sinceMs: number;
  readonly calmUntilMs?: number;
  readonly beganMs: number;
  /** When the fault itself was over. */
  readonly endedMs: number;
  /** Where the next fault begins, or the load or its tasks end. */
  readonly untilMs: number;
}

/**
 * Milliseconds from the begin of a fault until tasks end at 90 % of the rate before again; 0 where they never ended at less than chance explains; NaN where they never
 * did again, or there was no time to see it.
 *
 * It is the end of the largest deficit (`largestDeficit`) that begins within 5 s of the fault, where that is larger than those before the fault explain (`scoreLimit`).
 */
export function recoveryMs(
  endsMs: Float64Array,
  perSecond: number,
  { sinceMs, beganMs, endedMs, untilMs, calmUntilMs = beganMs }: RecoverySpan,
): number {
  const search = { perSecond, ratio: recoveredRatio };
  const fromMs = Math.max(sinceMs, calmUntilMs - rateBeforeMs);
  const before = largestDeficit(endsMs, { ...search, fromMs, lastFromMs: calmUntilMs, untilMs: calmUntilMs });
  const lastFromMs = Math.min(untilMs, (Number.isNaN(endedMs) ? beganMs : endedMs) + showsWithinMs);
  const { largest, tried } = largestDeficit(endsMs, { ...search, fromMs: beganMs, lastFromMs, untilMs });
  const limit = scoreLimit(before.largest?.score ?? 1, before.tried, tried);
  // Where not even a full stop would be told from chance, nothing is known.
  if (!((untilMs - beganMs) * perSecond > 1000 * limit)) return Number.NaN;
  if (!largest || largest.score <= limit) return 0;
  return largest.toMs < untilMs ? largest.toMs - beganMs : Number.NaN;
}
