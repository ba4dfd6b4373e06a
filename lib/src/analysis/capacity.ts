import { type ColumnTable, table } from 'arquero';
import { z } from 'zod';
import type { Series, SeriesStep } from '../results/series.ts';
import type { Experiment } from '../results/experiment.ts';
import { type CapacityAnswer, type CapacitySearch, type ProbeResult, boundsOfProbes, nextCapacityProbe } from './capacity-search.ts';
import { summaryOf } from './saved-summary.ts';
import type { LimitedBy } from './limit-rules.ts';
import { worstOutcome } from './threshold-results.ts';
import { threeDigits } from './format-figure.ts';

/** What of the request of a capacity search its answer follows from. */
export const capacitySearchSchema = z.object({
  objective: z.array(z.string()).min(1),
  start: z.number(),
  seconds: z.number(),
  resolution: z.number(),
  mostProbes: z.int(),
  leastRuns: z.number(),
});

/** An experiment of a capacity search, and what it says. */
export interface JudgedProbe extends ProbeResult {
  readonly experiment: Experiment | undefined;
  /** Why it was missed or discarded; empty where it was kept. */
  readonly reason: string;
  /** What limited it by its verdict. */
  readonly limitedBy: LimitedBy;
  readonly verdict: string;
}

/** How much a target can hold. */
export interface Capacity extends Omit<CapacityAnswer, 'ended'> {
  /** As `CapacityAnswer`; `searching`: the series is not complete. */
  readonly ended: CapacityAnswer['ended'] | 'searching';
  readonly tasksPerRun: number;
  readonly objective: readonly string[];
  readonly probes: readonly JudgedProbe[];
  /** What limited the target at the edge: most of the probes there that missed the objective. Undefined where none did. */
  readonly limitedBy: LimitedBy | undefined;
  /** The verdict of the one nearest to the edge of those. */
  readonly cause: string;
}

/**
 * The answer of a capacity search, also of one that is under way, from its experiments alone: the highest rate of runs for which the objective
 * is kept and the backlog does not grow, with its interval (`nextCapacityProbe`), and what limited the target beyond.
 *
 * Throws a RangeError when `series` is no capacity search.
 */
export function capacityOf(series: Series): Capacity {
  const search = capacitySearchOf(series);
  const probes = series.steps.flatMap((step) => (isJudged(step) ? [judgeProbe(step)] : []));
  const next = nextCapacityProbe(probes, search);
  const answer = 'ended' in next ? next : { runsPerSecond: boundsOfProbes(probes), seconds: next.seconds, ended: 'searching' as const };
  const tasksPerRun = series.experiments[0]?.manifest.config.tasks_per_workflow ?? Number.NaN;
  return { ...answer, tasksPerRun, objective: search.objective, probes, ...causeOf(probes, answer.runsPerSecond.low) };
}

/**
 * The probes of a capacity search in the order in which they were run: one row each.
 *
 * Columns: runsPerSecond (offered), seconds (length of the load), answer (`kept`, `missed`, `discarded`), reason, limitedBy, experiment
 * (its name).
 */
export function capacityTable(series: Series): ColumnTable {
  const { probes } = capacityOf(series);
  return table({
    runsPerSecond: probes.map(({ runsPerSecond }) => runsPerSecond),
    seconds: probes.map(({ seconds }) => seconds),
    answer: probes.map(({ answer }) => answer),
    reason: probes.map(({ reason }) => reason),
    limitedBy: probes.map(({ limitedBy }) => limitedBy),
    experiment: probes.map(({ experiment }) => experiment?.name ?? ''),
  });
}

/** What was asked for. Throws a RangeError when `series` is no capacity search. */
export function capacitySearchOf({ record, name }: Series): CapacitySearch & { readonly objective: readonly string[] } {
  if (record.kind !== 'capacity') throw new RangeError(`expected a capacity search, got the ${record.kind} ${name}`);
  return capacitySearchSchema.parse(record.request);
}

function isJudged({ status }: SeriesStep): boolean {
  return status !== 'running' && status !== 'interrupted';
}

/** What an experiment at one rate says. */
export function judgeProbe(step: SeriesStep): JudgedProbe {
  const { experiment, settings } = step;
  const asked = {
    runsPerSecond: Number(settings['arrival.constant'] ?? settings['arrival.poisson']),
    seconds: Number(settings['load_seconds']),
  };
  const without = (reason: string): JudgedProbe => ({
    ...asked,
    experiment,
    answer: 'discarded',
    reason,
    limitedBy: 'unknown',
    verdict: '',
  });
  if (experiment === undefined) return without(step.reason ?? 'it left nothing that can be read');
  const { status, thresholds, verdict } = summaryOf(experiment);
  const judged = { ...asked, experiment, limitedBy: verdict.limitedBy, verdict: verdict.sentence };
  if (status === 'failed') return { ...judged, answer: 'discarded', reason: experiment.manifest.reason ?? 'the experiment failed' };
  if (verdict.limitedBy === 'driver') return { ...judged, answer: 'discarded', reason: 'the driver did not offer this rate' };
  const failed = thresholds.filter(({ outcome }) => outcome === 'failed');
  const lagging = laggingReason(status, verdict.evidence);
  if (failed.length > 0 || lagging !== '') {
    if (verdict.limitedBy === 'host') return { ...judged, answer: 'discarded', reason: "the host's CPU was used up" };
    const words = failed.map(
      ({ title, value, threshold }) => `${title} was ${threeDigits(value ?? Number.NaN)}, not ${threshold.replace(/^\S+\s*/, '')}`,
    );
    return { ...judged, answer: 'missed', reason: [...words, lagging].filter((text) => text !== '').join('; ') };
  }
  if (worstOutcome(thresholds) === 'inconclusive') {
    const reasons = thresholds
      .filter(({ outcome }) => outcome === 'inconclusive')
      .map(({ threshold, reason }) => `${threshold}: ${reason}`);
    return { ...judged, answer: 'discarded', reason: reasons.join('; ') };
  }
  return { ...judged, answer: 'kept', reason: '' };
}

type Evidence = ReturnType<typeof summaryOf>['verdict']['evidence'];

/** A rate that the target does not keep up with is kept by none of its figures for long. */
function laggingReason(status: string, evidence: Evidence): string {
  if (status === 'timed-out') return 'tasks were not done when the time was up';
  if ((evidence.rejectedRuns ?? 0) > 0) return `${evidence.rejectedRuns} runs were rejected`;
  if ((evidence.droppedRuns ?? 0) > 0) return `${evidence.droppedRuns} runs were dropped`;
  if (evidence.backlogGrows) return `the backlog grew by ${threeDigits(evidence.backlogGrowthPerSecond ?? Number.NaN)} tasks/s`;
  return '';
}

/** So far above the edge it is still the same thing that limits. */
const nearRatio = 1.3;

function causeOf(probes: readonly JudgedProbe[], edge: number): Pick<Capacity, 'limitedBy' | 'cause'> {
  const missed = probes.filter(({ answer }) => answer === 'missed').toSorted((a, b) => a.runsPerSecond - b.runsPerSecond);
  const near = missed.filter(({ runsPerSecond }) => !(runsPerSecond > edge * nearRatio));
  const counted = near.length > 0 ? near : missed.slice(0, 1);
  const counts = new Map<LimitedBy, number>();
  // One that just missed the objective may have kept up with the load, so that its verdict names nothing.
  for (const { limitedBy } of counted) if (limitedBy !== 'nothing') counts.set(limitedBy, (counts.get(limitedBy) ?? 0) + 1);
  const limitedBy = [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
  return { limitedBy, cause: counted.find((probe) => probe.limitedBy === limitedBy)?.verdict ?? '' };
}
