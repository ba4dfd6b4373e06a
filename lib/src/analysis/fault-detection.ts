import type { Experiment } from '../results/experiment.ts';
import { countUpTo } from './edges.ts';
import { type FaultEvent, faultEvents } from './fault-events.ts';
import { frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { repeatedExecutions } from './repeated-executions.ts';
import { sortNumbers } from './sort-numbers.ts';

/** When an engine went on after a fault. */
export interface Detection {
  /** Since the fault began; NaN: it did not, until the next fault. */
  readonly detectedSeconds: number;
  /** By what it shows; empty: by nothing. */
  readonly detectedBy: 'taken over' | 'dispatched' | '';
}

const none: Detection = { detectedSeconds: Number.NaN, detectedBy: '' };
/** Gaps between dispatches are compared with those of so long before. */
const beforeMs = 10_000;
/** A gap belongs to a fault when it begins by so long after it. */
const nearMs = 1000;
/** A gap of the fault is longer than the longest before it, or than the 95th percentile of those, by so much. */
const longestRatio = 2;
const percentileRatio = 3;

/**
 * When the engine noticed: the first task that had begun before the fault and begins again, by the tasks' own evidence, or the first dispatch after the gap that
 * the fault made, whichever comes first. Where other schedulers or workers go on, only a task that is taken over shows it.
 */
export function detection(experiment: Experiment, index: number): Detection {
  const events = faultEvents(experiment);
  const event = events[index];
  if (!event) return none;
  const nextMs = events[index + 1]?.beganMs ?? Infinity;
  const takenOverMs = firstTakenOver(experiment, index);
  const dispatchedMs = stopsAll(experiment, event) ? firstDispatch(experiment, event, nextMs) : Infinity;
  const [ms, detectedBy] = takenOverMs <= dispatchedMs ? ([takenOverMs, 'taken over'] as const) : ([dispatchedMs, 'dispatched'] as const);
  // A task that is taken over is so after this fault, also when the next one has come.
  return ms < (detectedBy === 'taken over' ? Infinity : nextMs) ? { detectedSeconds: (ms - event.beganMs) / 1000, detectedBy } : none;
}

function stopsAll(experiment: Experiment, { subject }: FaultEvent): boolean {
  if (subject === 'worker') return false;
  return !subject.startsWith('scheduler') || experiment.manifest.config.scheduler.processes === 1;
}

function firstTakenOver(experiment: Experiment, index: number): number {
  return repeatedExecutions(experiment).reduce(
    (firstMs, { faultIndex, atMs }) => (faultIndex === index ? Math.min(firstMs, atMs) : firstMs),
    Infinity,
  );
}

function firstDispatch(experiment: Experiment, { beganMs, endedMs }: FaultEvent, nextMs: number): number {
  const { atMs, waiting } = dispatches(experiment);
  const first = countUpTo(atMs, beganMs);
  const usual = leastGap(atMs.subarray(countUpTo(atMs, beganMs - beforeMs), first));
  const lastBeginMs = (Number.isNaN(endedMs) ? beganMs : endedMs) + nearMs;
  const untilMs = Math.min(nextMs, loadSpan(experiment).endMs);
  for (let index = first; index <= atMs.length; index++) {
    const fromMs = index === first ? beganMs : (atMs[index - 1] as number);
    if (fromMs > Math.min(lastBeginMs, nextMs)) break;
    const toMs = atMs[index] ?? Infinity;
    if (Math.min(toMs, untilMs) - fromMs <= usual) continue;
    // That nothing is left to be dispatched is no gap.
    if (toMs < Infinity || waiting) return toMs;
  }
  return atMs[first] ?? Infinity;
}

/** Gaps up to this are as they were before a fault. Faults may have been there before, too: one long gap among many is none to go by. */
function leastGap(timesMs: Float64Array): number {
  const gaps = sortNumbers(timesMs.slice(1).map((ms, index) => ms - (timesMs[index] as number)));
  return Math.min(longestRatio * (gaps.at(-1) ?? 0), percentileRatio * (gaps[Math.floor(0.95 * gaps.length)] ?? 0));
}

/** When tasks were dispatched (else started), in order, and whether any never was. */
const dispatches = perExperiment((experiment: Experiment): { readonly atMs: Float64Array; readonly waiting: boolean } => {
  const { tasks } = frameOf(experiment);
  const ms = tasks.dispatchedMs.map((dispatched, row) => (Number.isNaN(dispatched) ? (tasks.startedMs[row] as number) : dispatched));
  return { atMs: sortNumbers(ms), waiting: ms.some(Number.isNaN) };
});
