import type { Experiment } from '../results/experiment.ts';
import { distributionByWindow } from './distribution-by-window.ts';
import type { FigureTable } from './figure-tables.ts';
import { loadSpan } from './load-span.ts';
import { type PhaseName } from '../results/phases.ts';
import { type Moment, momentPieces, phasePieces } from './task-phases.ts';
import { chooseWindowSeconds } from '../results/windows.ts';

export interface LatencyOverTimeOptions {
  /** Width of the windows. By default as fits the length of the experiment: 1 s for those up to 90 s. */
  readonly windowSeconds?: number;
  /** Default latency. */
  readonly phase?: PhaseName;
  /**
   * Which of a task's times says in what window it counts. Default finished. With due, tasks that came while the target stalled are where they
   * came; with due or created, a burst is a single window.
   */
  readonly by?: Moment;
}

/**
 * Percentiles of finished tasks by window, from the first submission to the end; a window without a task is a row of NaN.
 *
 * Columns: startSeconds and endSeconds since the first submission, count, p50Seconds, p90Seconds, p99Seconds, maxSeconds. The last window
 * ends where the experiment did; what was due before the first submission counts in the first. The percentile of a window with few tasks is close to its maximum. Throws a RangeError when the width is not above 0.
 */
export function latencyOverTime(experiment: Experiment, options: LatencyOverTimeOptions = {}): FigureTable<'latencyOverTime'> {
  const { phase = 'latency', by = 'finished' } = options;
  const { originMs, endMs } = loadSpan(experiment);
  const spanSeconds = (endMs - originMs) / 1000;
  const windowSeconds = options.windowSeconds ?? chooseWindowSeconds(spanSeconds);
  if (!(windowSeconds > 0)) throw new RangeError(`latencyOverTime: expected windowSeconds above 0, got ${windowSeconds}`);
  return distributionByWindow({
    atSeconds: momentPieces(experiment, by),
    values: phasePieces(experiment, phase),
    spanSeconds,
    windowSeconds,
  }) as FigureTable<'latencyOverTime'>;
}
