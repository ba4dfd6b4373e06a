import { type Deficit, type Expectation, largestDeficit, scoreLimit } from './deficit.ts';
import { countUpTo } from './edges.ts';

/** Back is what ends so much of what is expected. */
const recoveredRatio = 0.9;
/** The rate before a fault is that of so long before it, or of what there is of that. */
export const rateBeforeMs = 10_000;
const leastBeforeMs = 1000;
/** So long after it began, or it ended, a fault may begin to show. */
const showsWithinMs = 5000;
/** That the rate is back has to be so many times likelier than that the deficit goes on. */
const backOdds = 20;

/** Ends a second in the time before `beganMs`, from `sinceMs` on; NaN where that is less than a second, or nothing ended. */
export function rateBefore(endsMs: Float64Array, sinceMs: number, beganMs: number): number {
  const fromMs = Math.max(sinceMs, beganMs - rateBeforeMs);
  if (!(beganMs - fromMs >= leastBeforeMs)) return Number.NaN;
  const rate = (1000 * (countUpTo(endsMs, beganMs) - countUpTo(endsMs, fromMs))) / (beganMs - fromMs);
  return rate > 0 ? rate : Number.NaN;
}

export interface RecoverySpan {
  /** Ends a second before the fault. */
  readonly perSecond: number;
  /** What was to end by the schedule of arrivals, where there is one. */
  readonly dueEnds?: Expectation | undefined;
  /** From when on, and until when (else until the fault), it went as it does without a fault. */
  readonly sinceMs: number;
  readonly calmUntilMs?: number;
  readonly beganMs: number;
  /** When the fault itself was over. */
  readonly endedMs: number;
  /** Where the next fault begins, or the load or its tasks end. */
  readonly untilMs: number;
}

/** What the rate did after a fault, until the next one or the end. `unseen`: not even a full stop would have been told from chance. */
export type RateAfter = 'kept' | 'back' | 'not back' | 'unseen';

export interface Recovery {
  readonly rateAfter: RateAfter;
  /** From the begin of the fault until tasks ended at 90 % of what is expected again; 0 where they never ended at less than chance explains; NaN where they did not again, or there was no time to see it. */
  readonly ms: number;
}

/**
 * When the rate was back: at the end of the largest deficit (`largestDeficit`) that begins within 5 s of the fault, where that is larger than those before the fault explain
 * (`scoreLimit`), and what ends after it says so.
 *
 * Expected is what was to end by the schedule of arrivals, where there is one. Where that explains the time before the fault worse than the rate does (by more than one task: the engine
 * was behind its arrivals), it is the rate before.
 */
export function recovery(endsMs: Float64Array, { dueEnds, ...span }: RecoverySpan): Recovery {
  const { perSecond, sinceMs, beganMs, endedMs, untilMs, calmUntilMs = beganMs } = span;
  const fromMs = Math.max(sinceMs, calmUntilMs - rateBeforeMs);
  const calm = (expected: Expectation): { readonly expected: Expectation; readonly score: number; readonly seen: number } => {
    const { largest, tried } = largestDeficit(endsMs, {
      expected,
      ratio: recoveredRatio,
      fromMs,
      lastFromMs: calmUntilMs,
      untilMs: calmUntilMs,
    });
    return { expected, score: Math.max(1, largest?.score ?? 1), seen: tried };
  };
  const byRate = calm((ms) => ((ms - fromMs) * perSecond) / 1000);
  const byArrivals = dueEnds && calm(dueEnds);
  const { expected, score, seen } = byArrivals && byArrivals.score <= byRate.score + 1 ? byArrivals : byRate;
  const lastFromMs = Math.min(untilMs, (Number.isNaN(endedMs) ? beganMs : endedMs) + showsWithinMs);
  const { largest, tried } = largestDeficit(endsMs, { expected, ratio: recoveredRatio, fromMs: beganMs, lastFromMs, untilMs });
  const limit = scoreLimit(score, seen, tried);
  if (!(expected(untilMs) - expected(beganMs) > limit)) return { rateAfter: 'unseen', ms: Number.NaN };
  if (!largest || largest.score <= limit) return { rateAfter: 'kept', ms: 0 };
  return isOver(endsMs, largest, perSecond, untilMs)
    ? { rateAfter: 'back', ms: largest.toMs - beganMs }
    : { rateAfter: 'not back', ms: Number.NaN };
}

/**
 * Whether what ends after a deficit is that much likelier at the rate before than at that of the deficit: Wald's sequential test ("Sequential tests of statistical hypotheses",
 * Annals of Mathematical Statistics 16, 1945). After a full stop a single end is enough.
 */
function isOver(endsMs: Float64Array, { toMs, ratio }: Deficit, perSecond: number, untilMs: number): boolean {
  const first = countUpTo(endsMs, toMs - 1e-6);
  const last = countUpTo(endsMs, untilMs);
  for (let index = first; index < last; index++) {
    const expected = (((endsMs[index] as number) - toMs) * perSecond) / 1000;
    if ((index - first + 1) * -Math.log(ratio) - expected * (1 - ratio) >= Math.log(backOdds)) return true;
  }
  return false;
}
