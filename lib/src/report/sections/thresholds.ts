import { formatFigure } from '../../analysis/figure-units.ts';
import { percent, threeDigits } from '../../analysis/format-figure.ts';
import type { Summary, SummaryOf } from '../../analysis/summary.ts';
import { type ThresholdOutcome, type ThresholdResult, worstOutcome } from '../../analysis/threshold-results.ts';
import { type Section, type ShownOutcome, sentence } from '../document.ts';

type Shown = SummaryOf<ThresholdResult>;

/** Beyond this a difference is a factor, not a percentage. */
const mostPercentShare = 9;

/** What became of the thresholds of an experiment; no blocks where it has none. */
export function thresholdsSection({ thresholds }: Summary): Section {
  return {
    title: 'Thresholds',
    blocks:
      thresholds.length === 0
        ? []
        : [sentence(`${thresholdCounts(thresholds)}.`), { kind: 'outcomes', outcomes: thresholdOutcomes(thresholds) }],
  };
}

/** How each ended, with its value and by how much it is off; `experiment`: which one of several it is of. */
export function thresholdOutcomes(results: readonly Shown[], experiment?: string): readonly ShownOutcome[] {
  return results.map((result) => ({
    outcome: result.outcome,
    required: result.threshold,
    words: resultWords(result),
    ...(experiment !== undefined && { experiment }),
  }));
}

/** For instance `1 of 3 failed, 1 inconclusive`, `all 3 passed`. */
export function thresholdCounts(results: readonly Pick<Shown, 'outcome'>[]): string {
  const count = (outcome: ThresholdOutcome): number => results.filter((result) => result.outcome === outcome).length;
  const total = results.length;
  if (worstOutcome(results) === 'passed') return total === 1 ? 'it passed' : `all ${total} passed`;
  return (['failed', 'inconclusive'] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome, index) => `${count(outcome)}${index === 0 ? ` of ${total}` : ''} ${outcome}`)
    .join(', ');
}

/** The value, by how much it is off, and the reason: `734 ms, 234 ms too much (47 % of the bound)`. */
export function resultWords(result: Shown): string {
  const { outcome, unit, reason } = result;
  const value = result.value === null ? undefined : formatFigure(result.value, unit);
  const parts = [value, outcome === 'failed' ? offWords(result) : undefined].filter((part) => part !== undefined).join(', ');
  return [parts, reason].filter((part) => part !== '').join('; ');
}

function offWords({ value, bound, excess, unit, comparator }: Shown): string {
  if (value === null || bound === null || excess === null) return '';
  if (excess === 0) return 'which is the bound itself';
  const share = excess / Math.abs(bound);
  const relative = bound === 0 ? '' : share > mostPercentShare ? ` (${threeDigits(value / bound)} times)` : ` (${percent(share)})`;
  return `${formatFigure(excess, unit)}${relative} ${comparator === '=' ? 'off' : value > bound ? 'too much' : 'too little'}`;
}
