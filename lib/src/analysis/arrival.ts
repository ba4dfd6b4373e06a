import type { Experiment } from '../results/experiment.ts';
import { frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';

/**
 * How runs came: `burst`, all due at once; `closed`, each when another had ended, so that the load follows the target; `open`, by a
 * schedule that does not look at the target.
 */
export type ArrivalKind = 'burst' | 'closed' | 'open';

/** Due times closer than this are one moment. */
const momentSeconds = 0.05;

interface Arrived {
  readonly kind: ArrivalKind;
  readonly firstDueMs: number;
  readonly lastDueMs: number;
  readonly runs: number;
}

/**
 * The kind of arrival, and the span of the due times that count, epoch milliseconds (NaN when nothing was due). What would have been due
 * after an end before its time does not count.
 */
export const arrival = perExperiment((experiment: Experiment): Arrived => {
  const { runs } = frameOf(experiment);
  const { loadEndedMs = Number.POSITIVE_INFINITY } = experiment.manifest.times;
  const dueMs = runs.dueMs.filter((ms, row) => runs.warmUp[row] === 0 && ms <= loadEndedMs);
  const firstDueMs = dueMs.reduce((least, ms) => Math.min(least, ms), Infinity);
  const lastDueMs = dueMs.reduce((most, ms) => Math.max(most, ms), -Infinity);
  const isOpen = lastDueMs - firstDueMs > momentSeconds * 1000;
  const configured: unknown = experiment.manifest.config.arrival;
  const isClosed = typeof configured === 'object' && configured !== null && 'closed' in configured;
  return {
    kind: isClosed ? 'closed' : isOpen ? 'open' : 'burst',
    firstDueMs: dueMs.length === 0 ? Number.NaN : firstDueMs,
    lastDueMs: dueMs.length === 0 ? Number.NaN : lastDueMs,
    runs: dueMs.length,
  };
});
