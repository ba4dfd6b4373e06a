import type { Experiment } from '../results/experiment.ts';

/** An experiment that did not end as `done`. Its evidence is kept: `experiment` is what there is of it. */
export class ExperimentError extends Error {
  override readonly name = 'ExperimentError';
  declare readonly experiment: Experiment;

  constructor(experiment: Experiment) {
    const { status, reason } = experiment.manifest;
    super(
      `experiment ${experiment.name} ${status === 'timed-out' ? 'timed out' : status === 'interrupted' ? 'was interrupted' : 'failed'}: ${reason ?? 'no reason was noted'}`,
    );
    // Not enumerable: whoever prints the error is not to print all of the experiment with it.
    Object.defineProperty(this, 'experiment', { value: experiment, enumerable: false });
  }
}
