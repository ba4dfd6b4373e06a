import { table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { type Distribution, distribution } from './distribution.ts';
import type { FigureTable } from './figure-tables.ts';
import { idleSpan } from './idle.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';

/** What was beside the bystander: nothing of the engine, its schedulers in the idle phase, or the load until its last task had ended. */
export const bystanderStretches = ['alone', 'idle', 'load'] as const;
export type BystanderStretch = (typeof bystanderStretches)[number];

/** The transactions that were due in one stretch. */
export interface BystanderFigures {
  readonly transactions: number;
  readonly failed: number;
  readonly seconds: number;
  /** Due to committed, of those that were: with the time that one waited for its turn. */
  readonly responseSeconds: Distribution;
  /** The same times, unsorted. */
  readonly values: Float64Array;
}

/** How the bystander fared in each stretch; undefined for one that there was not, all of them in an experiment without a bystander. */
export const bystanderFigures = perExperiment(
  (experiment: Experiment): Readonly<Record<BystanderStretch, BystanderFigures | undefined>> => {
    const { times, config } = experiment.manifest;
    const dueMs = numberColumn(experiment.bystander, 'dueMs');
    const none = { alone: undefined, idle: undefined, load: undefined };
    if (dueMs.length === 0) return none;
    const committedMs = numberColumn(experiment.bystander, 'committedMs');
    const between = (fromMs = Number.NaN, toMs = Number.NaN): BystanderFigures | undefined => {
      if (!(toMs > fromMs)) return undefined;
      const values = new Float64Array(dueMs.length);
      let transactions = 0;
      let committed = 0;
      for (let row = 0; row < dueMs.length; row++) {
        const due = dueMs[row] as number;
        if (due < fromMs || due >= toMs) continue;
        transactions++;
        const seconds = ((committedMs[row] as number) - due) / 1000;
        if (!Number.isNaN(seconds)) values[committed++] = seconds;
      }
      const known = values.slice(0, committed);
      return {
        transactions,
        failed: transactions - committed,
        seconds: (toMs - fromMs) / 1000,
        responseSeconds: distribution(known),
        values: known,
      };
    };
    const loadMs = times.loadStartedMs;
    const idle = idleSpan(experiment);
    return {
      alone: between(
        dueMs.reduce((least, ms) => Math.min(least, ms)),
        times.schedulerStartMs ?? times.endedMs,
      ),
      idle: idle && between(idle.fromMs, idle.toMs),
      load: loadMs === undefined ? undefined : between(loadMs + config.warm_up_seconds * 1000, loadSpan(experiment).endMs),
    };
  },
);

/**
 * How the bystander fared: one row a stretch, those that there was not left out.
 *
 * Columns: stretch (alone: nothing of the engine ran; idle: its schedulers had no work; load: from the first submission after the warm-up to the
 * end of the last task); transactions that were due; failed; perSecond; and of the response time (due to committed) avgSeconds, p50Seconds,
 * p90Seconds, p99Seconds, maxSeconds. NaN for what too few transactions can't tell. No rows without a bystander.
 */
export function bystanderOf(experiment: Experiment): FigureTable<'bystanderOf'> {
  const all = bystanderFigures(experiment);
  const rows = bystanderStretches.flatMap((stretch) => {
    const found = all[stretch];
    return found ? [{ stretch, ...found }] : [];
  });
  const column = (of: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, of);
  return table({
    stretch: rows.map(({ stretch }) => stretch),
    transactions: column(({ transactions }) => transactions),
    failed: column(({ failed }) => failed),
    perSecond: column(({ transactions, seconds }) => transactions / seconds),
    avgSeconds: column(({ responseSeconds }) => responseSeconds.avg),
    p50Seconds: column(({ responseSeconds }) => responseSeconds.p50),
    p90Seconds: column(({ responseSeconds }) => responseSeconds.p90),
    p99Seconds: column(({ responseSeconds }) => responseSeconds.p99),
    maxSeconds: column(({ responseSeconds }) => responseSeconds.max),
  }) as FigureTable<'bystanderOf'>;
}

const unknown = distribution(new Float64Array());

/** The response times of one stretch in brief; NaN where there was none. */
export function bystanderResponse(experiment: Experiment, stretch: BystanderStretch): Distribution {
  return bystanderFigures(experiment)[stretch]?.responseSeconds ?? unknown;
}
