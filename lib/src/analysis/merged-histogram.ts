import { from } from 'arquero';
import type { FigureTable } from './figure-tables.ts';
import { bisectRight } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import {
  PhaseHistograms,
  decodeHistogram,
  emptyHistogram,
  histogramPrecisionRatio,
  histogramWindowSeconds,
} from '../results/phase-histograms.ts';
import { type PhaseName, phaseOf, phases } from '../results/phases.ts';
import { numberColumn, textColumn } from './columns.ts';
import { carries } from '../statistics/carries.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { taskPhases } from './task-phases.ts';
import { timesInDoubt } from './times-in-doubt.ts';

export interface HistogramOptions {
  /** Default latency. */
  readonly phase?: PhaseName;
  /** Only windows that share some time with [fromSeconds, toSeconds), since the first submission. Default: all. */
  readonly fromSeconds?: number;
  readonly toSeconds?: number;
}

/** How long tasks took, put together from windows of one or more experiments. */
export interface MergedHistogram {
  readonly phase: PhaseName;
  /** Tasks in it. */
  readonly count: number;
  /** What its windows cover: what was asked for, widened to whole windows, from the first with a task to the last; NaN without any. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Every figure is within this share of the exact one, or within 1 µs where that is more. */
  readonly precisionRatio: number;
  readonly meanSeconds: number;
  /** The p-quantile in seconds, defined as in `distributionOf`; NaN when there are no tasks. Throws a RangeError when p is not from 0 to 1. */
  readonly quantileSeconds: (p: number) => number;
  /** Counts by value, ascending: the middle of each of the histogram's steps that holds a task. */
  readonly steps: readonly { readonly seconds: number; readonly count: number }[];
}

/**
 * The histogram of a phase over any span of time and any number of experiments, as if their tasks had been pooled.
 *
 * Exact to `precisionRatio` (HdrHistogram by G. Tene, three significant digits). Merging does not depend on order or grouping. Made from the
 * histograms in the results, where there are none (older results) from the tasks. Averages of percentiles are not percentiles:
 * merge first, then ask. Pooling says how long tasks took, not whether two experiments differ.
 */
export function histogram(experiments: Experiment | readonly Experiment[], options: HistogramOptions = {}): MergedHistogram {
  const { phase = 'latency', fromSeconds = -Infinity, toSeconds = Infinity } = options;
  const merged = emptyHistogram();
  let covered = { from: Infinity, to: -Infinity };
  for (const experiment of 'manifest' in experiments ? [experiments] : experiments) {
    // Counted as the engine told them, before anything spoke against that.
    if (beginsOrEndsAtStart(phase) && timesInDoubt(experiment)) continue;
    for (const window of windowsOf(experiment)) {
      // Windows begin at whole multiples of their width, but epoch milliseconds hold those to a fraction of a microsecond only.
      if (window.phase !== phase || window.toSeconds <= fromSeconds + 1e-6 || window.fromSeconds >= toSeconds - 1e-6) continue;
      covered = { from: Math.min(covered.from, window.fromSeconds), to: Math.max(covered.to, window.toSeconds) };
      merged.add(decodeHistogram(window.encoded));
    }
  }
  const steps: { readonly seconds: number; readonly count: number }[] = [];
  const end = merged.totalCount === 0 ? 0 : merged.countsArrayIndex(merged.maxValue) + 1;
  for (let index = 0; index < end; index++) {
    const count = merged.getCountAtIndex(index);
    if (count > 0) steps.push({ seconds: merged.medianEquivalentValue(merged.valueFromIndex(index)) / 1e6, count });
  }
  const ends = runningTotals(steps);
  return {
    phase,
    count: merged.totalCount,
    fromSeconds: merged.totalCount === 0 ? Number.NaN : covered.from,
    toSeconds: merged.totalCount === 0 ? Number.NaN : covered.to,
    precisionRatio: histogramPrecisionRatio,
    meanSeconds: steps.reduce((sum, step) => sum + step.seconds * step.count, 0) / merged.totalCount,
    quantileSeconds(p) {
      if (!(p >= 0 && p <= 1)) throw new RangeError(`quantileSeconds: expected p from 0 to 1, got ${p}`);
      const rank = (merged.totalCount - 1) * p;
      const low = valueAt(Math.floor(rank));
      return low + (valueAt(Math.ceil(rank)) - low) * (rank - Math.floor(rank));
    },
    steps,
  };

  /** The value of the task that is `rank`-th (from 0) when all are sorted. */
  function valueAt(rank: number): number {
    return steps[bisectRight(ends, rank)]?.seconds ?? Number.NaN;
  }
}

/**
 * The figures of `latencyOf` over a span of time and any number of experiments, one row a phase: from merged histograms.
 *
 * Columns: those of `latencyOf`; each figure is within 0.1 % or 1 µs of the exact one.
 */
export function latencyQuantiles(
  experiments: Experiment | readonly Experiment[],
  options: Omit<HistogramOptions, 'phase'> = {},
): FigureTable<'latencyQuantiles'> {
  return from(
    phases.map(({ name, title }) => {
      const { count, meanSeconds, quantileSeconds } = histogram(experiments, { ...options, phase: name });
      const carried = (p: number): number => (carries(count, p) ? quantileSeconds(p) : Number.NaN);
      return {
        phase: title,
        count,
        avgSeconds: meanSeconds,
        minSeconds: quantileSeconds(0),
        p50Seconds: carried(0.5),
        p90Seconds: carried(0.9),
        p99Seconds: carried(0.99),
        p999Seconds: carried(0.999),
        maxSeconds: quantileSeconds(1),
      };
    }),
  ) as FigureTable<'latencyQuantiles'>;
}

function beginsOrEndsAtStart(phase: PhaseName): boolean {
  return [phaseOf(phase).from, phaseOf(phase).to].includes('startedMs');
}

interface Window {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly phase: string;
  readonly encoded: string;
}

const windowsOf = perExperiment((experiment: Experiment): readonly Window[] => {
  const { originMs } = loadSpan(experiment);
  const { histograms } = experiment;
  if (histograms.numRows() === 0) return countedWindows(experiment);
  const starts = numberColumn(histograms, 'windowStartMs');
  const widths = numberColumn(histograms, 'windowSeconds');
  const names = textColumn(histograms, 'phase');
  return textColumn(histograms, 'encoded').map((encoded, row) => {
    const fromSeconds = ((starts[row] ?? Number.NaN) - originMs) / 1000;
    return { fromSeconds, toSeconds: fromSeconds + (widths[row] ?? Number.NaN), phase: names[row] ?? '', encoded };
  });
});

/** The windows that the experiment itself would have written, from its tasks. */
function countedWindows(experiment: Experiment): readonly Window[] {
  const tasks = taskPhases(experiment);
  const seconds = (column: string): Float64Array => numberColumn(tasks, column);
  const { originMs, endMs } = loadSpan(experiment);
  const windowSeconds = histogramWindowSeconds((endMs - originMs) / 1000);
  const counted = new PhaseHistograms({ originMs: 0, windowSeconds });
  const [submission, created, finished] = [seconds('submissionSeconds'), seconds('createdSeconds'), seconds('finishedSeconds')];
  const [wait, execution] = [seconds('waitSeconds'), seconds('executionSeconds')];
  const ms = (value: number | undefined): number => (value ?? Number.NaN) * 1000;
  for (let row = 0; row < tasks.numRows(); row++) {
    counted.add({
      wantedMs: ms(created[row]) - ms(submission[row]),
      createdMs: ms(created[row]),
      dispatchedMs: ms(created[row]) + ms(wait[row]),
      startedMs: ms(finished[row]) - ms(execution[row]),
      finishedMs: ms(finished[row]),
    });
  }
  return Array.from(counted.rows(), ({ windowStartMs, phase, encoded }) => ({
    fromSeconds: windowStartMs / 1000,
    toSeconds: windowStartMs / 1000 + windowSeconds,
    phase,
    encoded,
  }));
}

function runningTotals(steps: readonly { readonly count: number }[]): Float64Array {
  let total = 0;
  return Float64Array.from(steps, ({ count }) => (total += count));
}
