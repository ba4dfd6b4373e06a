import type { Experiment } from '../results/experiment.ts';

/** Title of an axis of seconds: what its zero is (`loadSpan`). */
export function timeAxisTitle({ manifest }: Experiment): string {
  return `seconds since the first submission${manifest.config.warm_up_seconds > 0 ? ' after the warm-up' : ''}`;
}
