import type { Experiment } from '../results/experiment.ts';

/** Title of an axis of seconds: what its zero is (`loadSpan`). */
export function timeAxisTitle(experiments: readonly Experiment[]): string {
  const withWarmUp = experiments.some(({ manifest }) => manifest.config.warm_up_seconds > 0);
  return `seconds since the first submission${withWarmUp ? ' after the warm-up' : ''}`;
}
