import { thresholdsOf } from '../config/config-thresholds.ts';
import { type Comparator, type Quantity, type Threshold, ThresholdError, holds, isRelative } from '../config/threshold.ts';
import type { Experiment } from '../results/experiment.ts';
import { damageOf, damageWords } from './damage.ts';
import { carries } from '../statistics/carries.ts';
import type { FigureUnit } from './figure-units.ts';
import { type Figure, figuresOf } from './figures.ts';
import type { LimitedBy } from './limit-rules.ts';
import { figureOfPart, windowWords } from './part-figures.ts';
import { perExperiment } from './per-experiment.ts';
import { figureOfThreshold } from './threshold-figure.ts';
import { verdictOf } from './verdict.ts';

/** `inconclusive`: nothing is claimed either way; the reason says why. */
export type ThresholdOutcome = 'passed' | 'failed' | 'inconclusive';

/** What became of one threshold; numbers in the figure's unit. */
export interface ThresholdResult {
  /** As it was written. */
  readonly threshold: string;
  readonly figure: string;
  /** The figure in words, with the window where there is one. */
  readonly title: string;
  readonly unit: FigureUnit;
  readonly comparator: Comparator;
  readonly outcome: ThresholdOutcome;
  /** NaN where it is not known. */
  readonly value: number;
  readonly bound: number;
  /** How far the value is from the bound on its wrong side; 0 where it holds, NaN where that is not known. */
  readonly excess: number;
  /** Why it is inconclusive, what ended the experiment, or by what it was compared; empty where there is no more to say. */
  readonly reason: string;
}

/** A figure of how fast it went, which says nothing of the target where driver or host set the pace. Losses and what processes took are none. */
const paceNames = /^(?:submission|wait|dispatch|execution|latency|response|scheduleLag|throughput|duration|steady|runs)\b/;

export function isOfPace({ name }: Pick<Figure, 'name'>): boolean {
  return paceNames.test(name);
}

/** A count that whoever ends an experiment changes: what is open then was not lost, nor dropped, by the target. */
const cutFigure = /^(?:tasks\.(?:submitted|finished|lost)|runs\.(?:submitted|dropped))$/;

/**
 * The thresholds of an experiment's config that are not relative to a baseline, in its order: each holds, or does not, or can't be judged.
 *
 * It can't be judged where the figure is not known (too few tasks, damaged results), where a figure of pace does not hold and driver or host limited the
 * experiment, and where one holds in an experiment that did not end as `done`: what it did not come to might have broken it.
 */
export const thresholdResults = perExperiment((experiment: Experiment): readonly ThresholdResult[] =>
  thresholdsOf(experiment.manifest.config)
    .filter((threshold) => !isRelative(threshold))
    .map((threshold) => judge(experiment, threshold as Threshold & { readonly bound: Quantity })),
);

/** The worst of what there is: `failed` before `inconclusive` before `passed`; undefined where there are no thresholds. */
export function worstOutcome(results: readonly Pick<ThresholdResult, 'outcome'>[]): ThresholdOutcome | undefined {
  return (['failed', 'inconclusive', 'passed'] as const).find((outcome) => results.some((result) => result.outcome === outcome));
}

function judge(experiment: Experiment, threshold: Threshold & { readonly bound: Quantity }): ThresholdResult {
  const { comparator, text } = threshold;
  const bound = threshold.bound.value;
  let figure: Figure;
  try {
    figure = figureToJudge(threshold, figuresOf(experiment));
  } catch (error) {
    // Of roles that turned out not to be there; whatever can be known before is refused before.
    if (!(error instanceof ThresholdError)) throw error;
    const known = { threshold: text, figure: threshold.figure, title: threshold.figure, unit: 'count', comparator } as const;
    return { ...known, outcome: 'inconclusive', value: Number.NaN, bound, excess: Number.NaN, reason: error.message };
  }
  const value = figure.value(experiment);
  const title = titleToJudge(figure, threshold);
  const known = { threshold: text, figure: figure.name, title, unit: figure.unit, comparator, value, bound };
  const stopped = experiment.manifest.stoppedBy;
  if (stopped?.threshold === text) {
    // It was read while the experiment ran. The figure over all that was sampled says it in full, unless it says less.
    const last = holds(value, comparator, bound) === false ? value : stopped.value;
    const reason = `it ended the experiment after ${stopped.afterSeconds.toFixed(1)} s`;
    return { ...known, value: last, outcome: 'failed', excess: excessOf(last, comparator, bound), reason };
  }
  const holding = holds(value, comparator, bound);
  const reason = doubtOf(experiment, figure, holding);
  const outcome = reason === '' ? (holding === true ? 'passed' : 'failed') : 'inconclusive';
  return { ...known, outcome, excess: excessOf(value, comparator, bound), reason };
}

/** The figure that a threshold is of, over its window. Throws a ThresholdError as `figureOfThreshold` and `figureOfPart` do. */
export function figureToJudge(threshold: Threshold, among?: readonly Figure[]): Figure {
  const figure = figureOfThreshold(threshold, among);
  return threshold.window ? figureOfPart(figure, threshold.window) : figure;
}

function excessOf(value: number, comparator: Comparator, bound: number): number {
  const holding = holds(value, comparator, bound);
  return holding === undefined ? Number.NaN : holding ? 0 : Math.abs(value - bound);
}

/** Why nothing is claimed; empty where something is. */
function doubtOf(experiment: Experiment, figure: Figure, holding: boolean | undefined): string {
  const { status } = experiment.manifest;
  const damage = damageOf(experiment);
  if (damage) return damageWords(damage);
  if (holding === undefined) return unknownReason(experiment, figure);
  const { limitedBy, sentence } = verdictOf(experiment);
  if (!holding && isHindrance(limitedBy) && isOfPace(figure)) return `the ${limitedBy} limited it, not the target: ${sentence}`;
  if (!holding && (status === 'aborted' || status === 'interrupted') && cutFigure.test(figure.name))
    return `the experiment was ended (${status}) while tasks were open and runs to be sent: they are in it`;
  if (holding && status !== 'done') return `the experiment did not end as done (${status}): what it did not come to is not known`;
  return '';
}

/** The figure in words, with the window where there is one. */
export function titleToJudge({ title }: Figure, { window }: Threshold): string {
  return `${title}${window ? `, ${windowWords(window)}` : ''}`;
}

/** Where the pace was set by another than the target. */
export function isHindrance(limitedBy: LimitedBy): limitedBy is 'driver' | 'host' {
  return limitedBy === 'driver' || limitedBy === 'host';
}

function unknownReason({ manifest: { status } }: Experiment, figure: Figure): string {
  const ending = status === 'done' ? '' : `, in an experiment that ended as ${status}`;
  const least = leastCountOf(figure.name);
  return least === 1
    ? `it is not known: nothing was measured that it could be made of${ending}`
    : `it is not known: it takes ${least.toLocaleString('en-US')} values at least${ending}`;
}

/** How many values a figure takes, by its name: as many as carry its percentile, or one. */
export function leastCountOf(name: string): number {
  const digits = /\.p(\d+)$/.exec(name)?.[1];
  if (digits === undefined) return 1;
  let count = 1;
  while (!carries(count, Number(`0.${digits}`))) count++;
  return count;
}
