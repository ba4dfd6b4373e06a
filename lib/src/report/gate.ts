import { summaryOf } from '../analysis/saved-summary.ts';
import type { SummaryOf } from '../analysis/summary.ts';
import { type ThresholdOutcome, type ThresholdResult, worstOutcome } from '../analysis/threshold-results.ts';
import type { Experiment } from '../results/experiment.ts';

/** What is judged by experiments together, against a baseline. */
export interface BaselineComparison {
  /** As it was asked for: a label, an experiment, a series. */
  readonly baseline: string;
  readonly experiments: number;
  readonly results: readonly ThresholdResult[];
}

/** Experiments with what became of their thresholds. */
export interface Gate {
  readonly experiments: readonly Experiment[];
  readonly comparison?: BaselineComparison | undefined;
}

/** All results, those of each experiment first. */
export function resultsOf({ experiments, comparison }: Gate): readonly SummaryOf<ThresholdResult>[] {
  return [...experiments.flatMap((experiment) => summaryOf(experiment).thresholds), ...(comparison?.results ?? [])];
}

/** The worst of them; undefined where there are none. */
export function outcomeOf(gate: Gate): ThresholdOutcome | undefined {
  return worstOutcome(resultsOf(gate));
}

/** What an experiment is called in a report of several. */
export function experimentTitle({ config, target }: { readonly config: string; readonly target: { readonly name: string } }): string {
  return `${config} on ${target.name}`;
}
