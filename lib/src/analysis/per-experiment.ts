import type { Experiment } from '../results/experiment.ts';

/** `compute`, done once for each experiment: an opened experiment never changes, and nearly every figure starts from the same few things. */
export function perExperiment<T>(compute: (experiment: Experiment) => T): (experiment: Experiment) => T {
  const known = new WeakMap<Experiment, { readonly value: T }>();
  return (experiment) => {
    let found = known.get(experiment);
    if (found === undefined) known.set(experiment, (found = { value: compute(experiment) }));
    return found.value;
  };
}
