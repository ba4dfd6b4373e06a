import { thresholdsOf } from '../config/config-thresholds.ts';
import { isRelative } from '../config/threshold.ts';
import type { Experiment } from '../results/experiment.ts';
import { type RelativeThreshold, baselineResults } from './baseline-results.ts';
import { summaryOf } from './saved-summary.ts';
import type { SummaryOf } from './summary.ts';
import { type ThresholdOutcome, type ThresholdResult, worstOutcome } from './threshold-results.ts';

/** Experiments that others are compared with, and how they were asked for. */
export interface Baseline {
  readonly selection: string;
  readonly experiments: readonly Experiment[];
}

/** What became of the thresholds that are judged by all experiments of one config and target together. */
export interface BaselineComparison {
  /** For instance `standard on dbos`. */
  readonly title: string;
  /** As it was asked for; empty where none was. */
  readonly baseline: string;
  readonly baselineExperiments: readonly string[];
  readonly experiments: readonly string[];
  readonly results: readonly ThresholdResult[];
}

/** Experiments with what became of their thresholds. */
export interface Gate {
  readonly experiments: readonly Experiment[];
  readonly comparisons: readonly BaselineComparison[];
}

/**
 * Judges the thresholds of experiments: those of numbers by each of them, those relative to a baseline by all of one config and target together
 * (`baselineResults`), compared with those of the baseline that are of the same, or with all where none is.
 */
export function gateOf(experiments: readonly Experiment[], baseline?: Baseline): Gate {
  const groups = Map.groupBy(experiments, titleOf);
  return { experiments, comparisons: [...groups].flatMap(([title, group]) => compare(title, group, baseline)) };
}

function compare(title: string, group: readonly Experiment[], baseline: Baseline | undefined): readonly BaselineComparison[] {
  const thresholds = group.slice(0, 1).flatMap(({ manifest }) => thresholdsOf(manifest.config).filter(isRelative));
  if (thresholds.length === 0) return [];
  const same = baseline?.experiments.filter((experiment) => titleOf(experiment) === title) ?? [];
  const others = (same.length > 0 ? same : (baseline?.experiments ?? [])).filter(({ directory }) =>
    group.every((each) => each.directory !== directory),
  );
  return [
    {
      title,
      baseline: baseline?.selection ?? '',
      baselineExperiments: others.map(({ name }) => name),
      experiments: group.map(({ name }) => name),
      results: baseline ? baselineResults(thresholds, group, others) : thresholds.map(withoutBaseline),
    },
  ];
}

function withoutBaseline({ text, figure, comparator }: RelativeThreshold): ThresholdResult {
  const unknown = { value: Number.NaN, bound: Number.NaN, excess: Number.NaN };
  return {
    threshold: text,
    figure,
    title: figure,
    unit: 'count',
    comparator,
    outcome: 'inconclusive',
    ...unknown,
    reason: 'no baseline was given (--baseline)',
  };
}

/** All results, those of each experiment first. */
export function gateResults({ experiments, comparisons }: Gate): readonly SummaryOf<ThresholdResult>[] {
  return [...experiments.flatMap((experiment) => summaryOf(experiment).thresholds), ...comparisons.flatMap(({ results }) => results)];
}

/** The worst of them; undefined where there are none. */
export function gateOutcome(gate: Gate): ThresholdOutcome | undefined {
  return worstOutcome(gateResults(gate));
}

/** What an experiment is called among several, for instance `standard on dbos`. */
export function titleOf({ manifest }: Experiment): string {
  return `${manifest.config.name} on ${manifest.target.name}`;
}
