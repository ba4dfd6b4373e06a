import type { Experiment } from '../results/experiment.ts';

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
