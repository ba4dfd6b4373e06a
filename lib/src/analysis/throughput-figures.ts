import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { countRuns, frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { throughput } from './throughput.ts';

/** Finished tasks per second over whole windows of one width. */
export interface WindowFigures {
  readonly windows: number;
  readonly bestTasksPerSecond: number;
  readonly meanTasksPerSecond: number;
  readonly worstTasksPerSecond: number;
}

export interface ThroughputFigures {
  /** Accepted runs over the time from the first submission to the last acknowledgement: how fast work was enqueued. */
  readonly runsPerSecond: number;
  /** Finished tasks over `durationSeconds`: how fast work was done; with a warm-up, less than that while its tasks were still being done. */
  readonly tasksPerSecond: number;
  /** From the first submission to the last finished task. */
  readonly durationSeconds: number;
  /** Absent when the experiment is shorter than one window. */
  readonly windows10s?: WindowFigures;
  readonly windows60s?: WindowFigures;
}

/** Rates over the whole experiment without its warm-up, and over windows of 10 and 60 seconds where it is long enough; NaN for what did not happen. */
export const throughputFigures = perExperiment((experiment: Experiment): ThroughputFigures => {
  const { firstSentMs, lastAcknowledgedMs, lastFinishedMs } = loadSpan(experiment);
  const frame = frameOf(experiment);
  const accepted = countRuns(frame, 'submitted', (row) => frame.runs.warmUp[row] === 0);
  const durationSeconds = (lastFinishedMs - firstSentMs) / 1000;
  const windows10s = windowFigures(experiment, 10);
  const windows60s = windowFigures(experiment, 60);
  return {
    runsPerSecond: accepted / ((lastAcknowledgedMs - firstSentMs) / 1000),
    tasksPerSecond: frame.measured.length / durationSeconds,
    durationSeconds,
    ...(windows10s && { windows10s }),
    ...(windows60s && { windows60s }),
  };
});

function windowFigures(experiment: Experiment, windowSeconds: number): WindowFigures | undefined {
  const windows = throughput(experiment, { windowSeconds });
  const whole = windows.array('whole') as readonly boolean[];
  const rates = numberColumn(windows, 'tasksPerSecond').filter((_, index) => whole[index]);
  if (rates.length === 0) return undefined;
  return {
    windows: rates.length,
    bestTasksPerSecond: Math.max(...rates),
    meanTasksPerSecond: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    worstTasksPerSecond: Math.min(...rates),
  };
}
