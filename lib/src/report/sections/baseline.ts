import type { BaselineComparison } from '../../analysis/gate.ts';
import { plural } from '../../analysis/format-figure.ts';
import { type Section, sentence } from '../document.ts';
import { thresholdBlocks, thresholdCounts } from './thresholds.ts';

/** What became of the thresholds that are relative to a baseline. */
export function baselineSection({ title, baseline, baselineExperiments, experiments, results }: BaselineComparison): Section {
  const groups =
    baseline === ''
      ? ''
      : `: ${plural(experiments.length, 'experiment')} beside ${baselineExperiments.length} of ${baseline}; intervals at 90 %, so 5 % on either side`;
  return {
    title: `Thresholds against the baseline, ${title}`,
    blocks: [sentence(`${thresholdCounts(results)}${groups}.`), ...thresholdBlocks(results)],
  };
}
