import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';

/** A time in which nothing was sampled though it should have been. */
export interface SamplingGap {
  /** The last sample before and the first after it. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** How well the sampling kept its interval. */
export interface SamplingFigures {
  /** As configured. */
  readonly intervalSeconds: number;
  /** How many intervals were longer than three times that. */
  readonly gaps: number;
  /** The longest of those; 0 when there was none. */
  readonly longestGapSeconds: number;
}

/** An interval longer than this many configured ones is a gap: what was short-lived in it was not seen. */
const gapIntervals = 3;

/** The gaps in the samples of the processes, in order. */
export function samplingGaps(experiment: Experiment): readonly SamplingGap[] {
  const limitMs = gapIntervals * experiment.manifest.config.sample_interval * 1000;
  const atMs = numberColumn(experiment.processes, 'atMs');
  const gaps: SamplingGap[] = [];
  for (let row = 1; row < atMs.length; row++) {
    const fromMs = atMs[row - 1] ?? Number.NaN;
    const toMs = atMs[row] ?? Number.NaN;
    if (toMs - fromMs > limitMs) gaps.push({ fromMs, toMs });
  }
  return gaps;
}

/** Counts the gaps of `experiment`. */
export function samplingFigures(experiment: Experiment): SamplingFigures {
  const gaps = samplingGaps(experiment);
  return {
    intervalSeconds: experiment.manifest.config.sample_interval,
    gaps: gaps.length,
    longestGapSeconds: gaps.reduce((longest, { fromMs, toMs }) => Math.max(longest, (toMs - fromMs) / 1000), 0),
  };
}
