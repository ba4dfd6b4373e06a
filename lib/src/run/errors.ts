import type { Experiment } from '../results/experiment.ts';
import type { ExperimentStatus } from '../results/manifest.ts';
import type { Series } from '../results/series.ts';

const endings: Partial<Readonly<Record<ExperimentStatus, string>>> = {
  'timed-out': 'timed out',
  aborted: 'was aborted',
  interrupted: 'was interrupted',
};

/** An experiment that did not end as `done`. Its evidence is kept: `experiment` is what there is of it. */
export class ExperimentError extends Error {
  override readonly name = 'ExperimentError';
  declare readonly experiment: Experiment;

  constructor(experiment: Experiment) {
    const { status, reason } = experiment.manifest;
    super(`experiment ${experiment.name} ${endings[status] ?? 'failed'}: ${reason ?? 'no reason was noted'}`);
    // Not enumerable: whoever prints the error is not to print all of the experiment with it.
    Object.defineProperty(this, 'experiment', { value: experiment, enumerable: false });
  }
}

/** The user interrupted what was to go on: nothing is started any more. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  /** What there is of the series that was interrupted; undefined where it was none. */
  declare readonly series: Series | undefined;

  constructor(message: string, { series, cause }: { readonly series?: Series; readonly cause?: unknown } = {}) {
    super(message, { cause });
    // Not enumerable: whoever prints the error is not to print all of the experiments with it.
    Object.defineProperty(this, 'series', { value: series, enumerable: false });
  }
}

/** A series that can't be run, or gone on with: the message says why, and what to do. */
export class SeriesError extends Error {
  override readonly name = 'SeriesError';
}

/** An experiment was asked for beside one that runs in the same process: both would measure each other. */
export class ConcurrentExperimentError extends Error {
  override readonly name = 'ConcurrentExperimentError';
}
