import type { Experiment } from '../results/experiment.ts';
import type { ExperimentStatus } from '../results/manifest.ts';

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

/**
 * The user interrupted what was to go on: nothing is started any more. `experiments` are those of a series that there are, in the
 * order in which they ran, the interrupted one included.
 */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  declare readonly experiments: readonly Experiment[];

  constructor(
    message: string,
    { experiments = [], cause }: { readonly experiments?: readonly Experiment[]; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    // Not enumerable: whoever prints the error is not to print all of the experiments with it.
    Object.defineProperty(this, 'experiments', { value: experiments, enumerable: false });
  }
}

/** An experiment was asked for beside one that runs in the same process: both would measure each other. */
export class ConcurrentExperimentError extends Error {
  override readonly name = 'ConcurrentExperimentError';
}
