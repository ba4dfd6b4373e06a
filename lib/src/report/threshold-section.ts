import type { Summary } from '../analysis/summary.ts';
import type { ThresholdOutcome } from '../analysis/threshold-results.ts';
import { safeText } from './report-figures.ts';
import { resultWords, thresholdCounts } from './threshold-lines.ts';

const classes: Readonly<Record<ThresholdOutcome, string>> = { passed: 'good', failed: 'bad', inconclusive: 'muted' };

/** The thresholds of an experiment and how each ended, as a table; empty where there are none. */
export function thresholdSection({ thresholds }: Summary): string {
  if (thresholds.length === 0) return '';
  const rows = thresholds.map(
    (result) =>
      `<tr><th><code>${safeText(result.threshold)}</code></th><td class="${classes[result.outcome]}">${result.outcome}</td><td>${safeText(result.title)}: ${safeText(resultWords(result))}</td></tr>`,
  );
  return `<p>${safeText(thresholdCounts(thresholds))}.</p><div class="scroll"><table class="facts"><tbody>${rows.join('')}</tbody></table></div>`;
}
