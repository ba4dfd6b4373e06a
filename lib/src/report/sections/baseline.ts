import type { BaselineComparison } from '../../analysis/gate.ts';
import { plural } from '../../analysis/format-figure.ts';
import type { Summary, SummaryOf } from '../../analysis/summary.ts';
import { type Section, sentence } from '../document.ts';
import { thresholdCounts, thresholdOutcomes } from './thresholds.ts';

/** What became of the thresholds that are relative to the baseline that an experiment was run with; no blocks where there are none. */
export function baselineSection({ baseline }: Summary): Section {
  return baseline === null ? { blocks: [] } : comparisonSection(baseline);
}

/** The same of all experiments that were judged together. */
export function comparisonSection(comparison: SummaryOf<BaselineComparison>): Section {
  const { title, results } = comparison;
  const words = baselineWords(comparison);
  return {
    id: 'baseline',
    title: `Thresholds against the baseline, ${title}`,
    blocks: [
      sentence(`${thresholdCounts(results)}${words === '' ? '' : `: ${words}`}.`),
      { kind: 'outcomes', outcomes: thresholdOutcomes(results) },
    ],
  };
}

/** What was compared with what; empty where no baseline was given. */
export function baselineWords({ baseline, baselineExperiments, experiments }: SummaryOf<BaselineComparison>): string {
  return baseline === ''
    ? ''
    : `${plural(experiments.length, 'experiment')} beside ${baselineExperiments.length} of ${baseline}; intervals at 90 %, so 5 % on either side`;
}
