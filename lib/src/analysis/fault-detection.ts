import type { Experiment } from '../results/experiment.ts';
import { scoreLimit } from './deficit.ts';
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

/**
 * When the engine noticed: the first task that had begun before the fault and begins again, by the tasks' own evidence, or the first dispatch after the gap that
 * the fault made (longer than those before it explain, `scoreLimit`), whichever comes first. Where other schedulers or workers go on, only a task that is taken over shows it.
 */
export function detection(experiment: Experiment, index: number): Detection {
  const events = faultEvents(experiment);
  const event = events[index];
  if (!event) return none;
  const nextMs = events[index + 1]?.beganMs ?? Infinity;
  // A task that is taken over is so after this fault, also when the next one has come; a dispatch may be after that one.
  const takenOverMs = firstTakenOver(experiment, index);
  const goesOnMs = stopsAll(experiment, event) ? firstDispatch(experiment, events, index) : Infinity;
  const dispatchedMs = goesOnMs < nextMs ? goesOnMs : Infinity;
  const [ms, detectedBy] = takenOverMs <= dispatchedMs ? ([takenOverMs, 'taken over'] as const) : ([dispatchedMs, 'dispatched'] as const);
  return ms < Infinity ? { detectedSeconds: (ms - event.beganMs) / 1000, detectedBy } : none;
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

function firstDispatch(experiment: Experiment, events: readonly FaultEvent[], index: number): number {
  const { beganMs } = events[index] as FaultEvent;
  const { atMs, waiting } = dispatches(experiment);
  const nextMs = events[index + 1]?.beganMs ?? Infinity;
  const lastBeginMs = Math.min(nextMs, lastGapBeginMs(events[index] as FaultEvent));
  const first = countUpTo(atMs, beganMs);
  const usual = gapsBefore(atMs, events, index);
  const gapCount = (usual.length * (lastBeginMs - beganMs)) / sum(usual);
  const limitMs = scoreLimit(usual.at(-1) ?? Number.NaN, usual.length, gapCount);
  const untilMs = Math.min(nextMs, loadSpan(experiment).endMs);
  for (let next = first; next <= atMs.length; next++) {
    const fromMs = next === first ? beganMs : (atMs[next - 1] as number);
    if (fromMs > lastBeginMs) break;
    const toMs = atMs[next] ?? Infinity;
    if (!(Math.min(toMs, untilMs) - fromMs > limitMs)) continue;
    // That nothing is left to be dispatched is no gap.
    if (toMs < Infinity || waiting) return toMs;
  }
  return Infinity;
}

/** The lengths of the gaps in the 10 s before a fault, ascending, without those that an earlier fault may have made. */
function gapsBefore(atMs: Float64Array, events: readonly FaultEvent[], index: number): Float64Array {
  const { beganMs } = events[index] as FaultEvent;
  const times = atMs.subarray(countUpTo(atMs, beganMs - beforeMs), countUpTo(atMs, beganMs));
  const gaps: number[] = [];
  for (const [next, toMs] of times.subarray(1).entries()) {
    const fromMs = times[next] as number;
    const isOfFault = events.slice(0, index).some((event) => fromMs <= lastGapBeginMs(event) && toMs >= event.beganMs);
    if (!isOfFault) gaps.push(toMs - fromMs);
  }
  return sortNumbers(Float64Array.from(gaps));
}

function lastGapBeginMs({ beganMs, endedMs }: FaultEvent): number {
  return (Number.isNaN(endedMs) ? beganMs : endedMs) + nearMs;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** When tasks were dispatched (else started), in order, and whether any never was. */
const dispatches = perExperiment((experiment: Experiment): { readonly atMs: Float64Array; readonly waiting: boolean } => {
  const { tasks } = frameOf(experiment);
  const ms = tasks.dispatchedMs.map((dispatched, row) => (Number.isNaN(dispatched) ? (tasks.startedMs[row] as number) : dispatched));
  return { atMs: sortNumbers(ms), waiting: ms.some(Number.isNaN) };
});
