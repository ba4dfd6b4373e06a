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

/** The same of an experiment and one of few keys, such as a role or a phase. */
export function perExperimentAnd<K, T>(compute: (experiment: Experiment, key: K) => T): (experiment: Experiment, key: K) => T {
  const all = perExperiment(() => new Map<K, { readonly value: T }>());
  return (experiment, key) => {
    const known = all(experiment);
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = { value: compute(experiment, key) }));
    return found.value;
  };
}
