import { from } from 'arquero';
import type { FigureTable } from './figure-tables.ts';
import type { Experiment } from '../results/experiment.ts';
import { counterRate } from './counter-rate.ts';
import { perExperimentAnd } from './per-experiment.ts';
import { type Role, type RoleSeries, furtherRoles, roleSeries, rolesOf } from './role-series.ts';

/** What one group of processes used while the load lasted; NaN for what was not sampled. */
export interface ResourceFigures {
  /** Most processes at once. */
  readonly peakCount: number;
  readonly rssBytesStart: number;
  readonly rssBytesEnd: number;
  readonly rssBytesPeak: number;
  /** End less start; NaN where one of a scheduler's or further role's processes ended in between: another's memory is no growth. */
  readonly rssBytesGrowth: number;
  /** Peak of the memory with what processes share counted once: of the few readings there are, so it may have been more. */
  readonly pssBytesPeak: number;
  readonly cpuSeconds: number;
  /** CPU seconds per second: 1 is one core, wholly used. */
  readonly cpuRatioMean: number;
  /** The highest over any second; over the whole time where that is shorter. */
  readonly cpuRatioPeak: number;
}

/** Shorter spans than this say more about the kernel's clock ticks (10 ms) than about the processes. */
const peakSpanSeconds = 1;

/**
 * Memory and CPU of the scheduler, the workers, the target's further roles, Postgres, the backends in it that serve orchlab itself, the
 * driver and the sampler (a thread of the driver), one row each.
 *
 * Columns: role and those of ResourceFigures. Several schedulers are summed. All figures are of the time between the scheduler's
 * readiness (where the config asked for an idle phase, its end) and the end of the drain: `start` is the first sample in it, `end` the last; CPU is counted up to the first sample after it,
 * so that what the last tasks used is in. RSS is summed over processes, so memory that they share is counted in each;
 * PSS counts it once, and is read once a second or more rarely, where the kernel gives it.
 */
export function resourcesOf(experiment: Experiment): FigureTable<'resourcesOf'> {
  return from(rolesOf(experiment).map((role) => Object.assign({ role }, resourceFigures(experiment, role)))) as FigureTable<'resourcesOf'>;
}

/** The row of `resourcesOf` for one role. */
export const resourceFigures = perExperimentAnd((experiment: Experiment, role: Role): ResourceFigures => {
  const { schedulerReadyMs = -Infinity, idleEndedMs = schedulerReadyMs, drainedMs = Infinity } = experiment.manifest.times;
  const all = roleSeries(experiment, role);
  const last = all.atMs.length - 1;
  // Where all samples are on one side of a limit, the nearest is the best there is.
  const start = Math.max(0, firstIndex(all.atMs, (atMs) => atMs >= idleEndedMs) ?? last);
  const after = firstIndex(all.atMs, (atMs) => atMs >= drainedMs) ?? last;
  const end = after > start && (all.atMs[after] ?? 0) > drainedMs ? after - 1 : after;
  const { atMs, processCount, rssBytes, pssBytes, cpuSeconds } = slice(all, start, after + 1);
  const rssBytesStart = all.rssBytes[start] ?? Number.NaN;
  // Of a scheduler that has died, what it had last.
  const isSteadyGroup = role === 'scheduler' || furtherRoles(experiment).includes(role);
  const counts = all.processCount.subarray(start, end + 1);
  const whole = isSteadyGroup ? counts.findLastIndex((count) => count >= (counts[0] ?? Number.NaN)) : counts.length - 1;
  const hasDied = isSteadyGroup && counts.subarray(0, whole + 1).some((count) => count < (counts[0] ?? Number.NaN));
  const rssBytesEnd = all.rssBytes[start + Math.max(0, whole)] ?? Number.NaN;
  const ratioMean = counterRate(Float64Array.of(first(atMs), final(atMs)), Float64Array.of(first(cpuSeconds), final(cpuSeconds)))[1];
  const ratioPeak = peak(counterRate(atMs, cpuSeconds, peakSpanSeconds));
  return {
    peakCount: peak(processCount),
    rssBytesStart,
    rssBytesEnd,
    rssBytesPeak: peak(rssBytes),
    rssBytesGrowth: hasDied ? Number.NaN : rssBytesEnd - rssBytesStart,
    pssBytesPeak: peak(pssBytes),
    cpuSeconds: final(cpuSeconds) - first(cpuSeconds),
    cpuRatioMean: ratioMean ?? Number.NaN,
    cpuRatioPeak: Number.isNaN(ratioPeak) ? (ratioMean ?? Number.NaN) : ratioPeak,
  };
});

function slice(series: RoleSeries, start: number, end: number): RoleSeries {
  const { atMs, processCount, rssBytes, pssBytes, cpuSeconds } = series;
  return {
    atMs: atMs.subarray(start, end),
    processCount: processCount.subarray(start, end),
    rssBytes: rssBytes.subarray(start, end),
    pssBytes: pssBytes.subarray(start, end),
    cpuSeconds: cpuSeconds.subarray(start, end),
  };
}

function firstIndex(values: Float64Array, matches: (value: number) => boolean): number | undefined {
  const index = values.findIndex((value) => matches(value));
  return index < 0 ? undefined : index;
}

/** The largest known value; NaN when there is none. */
function peak(values: Float64Array): number {
  return values.reduce((best, value) => (Number.isNaN(best) || value > best ? value : best), Number.NaN);
}

function first(values: Float64Array): number {
  return values[0] ?? Number.NaN;
}

function final(values: Float64Array): number {
  return values.at(-1) ?? Number.NaN;
}
