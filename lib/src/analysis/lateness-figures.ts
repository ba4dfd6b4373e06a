import type { Experiment } from '../results/experiment.ts';
import { distribution } from './distribution.ts';
import { distributionFigures } from './distribution-figures.ts';
import type { Figure } from './figures.ts';
import { frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';

/**
 * How much later than it had asked each delayed run began: when the first of its tasks was started, less when the run had asked to begin. Seconds, by row of
 * the runs; below zero where it began too early, NaN for a run without a delay, of the warm-up, or that never began.
 */
export const runLateness = perExperiment((experiment: Experiment): Float64Array => {
  const { runs, tasks } = frameOf(experiment);
  const beganMs = new Float64Array(runs.count).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < tasks.count; row++) {
    const run = tasks.run[row] as number;
    const startedMs = tasks.startedMs[row] as number;
    if (run >= 0 && startedMs < (beganMs[run] as number)) beganMs[run] = startedMs;
  }
  return beganMs.map((ms, run) =>
    Number.isFinite(ms) && runs.warmUp[run] !== 1 ? (ms - (runs.notBeforeMs[run] as number)) / 1000 : Number.NaN,
  );
});

/** Clocks that are not the driver's are known to a millisecond or so, and some engines record whole ones. */
const earlySeconds = 0.005;

const lateness = perExperiment((experiment) => distribution(runLateness(experiment)));

const appliesTo = ({ manifest }: Experiment): boolean => manifest.config.delay !== undefined;

/** The figures of runs that asked to begin later than they were submitted. */
export const latenessFigures: readonly Figure[] = [
  ...distributionFigures('lateness', 'lateness of delayed runs', lateness, { times: ['started'], appliesTo }),
  {
    name: 'runs.early',
    title: 'runs begun before they had asked to',
    unit: 'count',
    better: 'less',
    appliesTo,
    value: (experiment) => runLateness(experiment).reduce((count, seconds) => count + (seconds < -earlySeconds ? 1 : 0), 0),
  },
];
