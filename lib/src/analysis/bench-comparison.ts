import type { Experiment } from '../results/experiment.ts';
import { type Series, isFinished, roundOf } from '../results/series.ts';
import { type CompareExperimentsOptions, type Comparison, compareExperiments } from './compare-experiments.ts';

/** The experiments of the two sides of a bench, in the order in which they were run. Those that were interrupted are not among them. */
export function benchSides({ steps }: Series): { readonly a: readonly Experiment[]; readonly b: readonly Experiment[] } {
  const of = (key: string): readonly Experiment[] =>
    steps.flatMap((step) => (step.key === key && step.experiment && isFinished(step) ? [step.experiment] : []));
  return { a: of('a'), b: of('b') };
}

/** What B of a bench is beside its A: `compareExperiments` of both, in pairs by round. Undefined while one of them has no experiment. */
export function compareSides(series: Series, options: CompareExperimentsOptions = {}): Comparison | undefined {
  const { a, b } = benchSides(series);
  if (a.length === 0 || b.length === 0) return undefined;
  return compareExperiments(a, b, { seed: series.record.seed, roundOf, ...options });
}
