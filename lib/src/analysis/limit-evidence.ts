import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { type ArrivalKind, arrival } from './arrival.ts';
import { type Backlog, backlog } from './backlog.ts';
import { targetCeiling } from './ceiling-audit.ts';
import { counterRateBetween } from './counter-rate.ts';
import { type Distribution, distribution, quantile } from './distribution.ts';
import { type DatabaseWaits, databaseWaits } from './database-waits.ts';
import { type Stretches, meanCount, stretchesOf } from './edges.ts';
import { type Frame, countRuns, finishedCode, frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { overloadedRatio } from './overload.ts';
import { hostRates } from './host-rates.ts';
import { runStretches } from './run-stretches.ts';
import { type Role, roleSeries, rolesOf } from './role-series.ts';
import { perExperiment } from './per-experiment.ts';
import { lagDistribution } from './schedule-lag.ts';
import { startsInOrder, taskStretches } from './task-stretches.ts';
import type { NumberPieces } from './number-pieces.ts';
import { phaseDistribution, phasePieces } from './task-phases.ts';
import { timesInDoubt } from './times-in-doubt.ts';

/** What a verdict is made from, of the runs after the warm-up and over the same span; NaN for what is not known. */
export interface LimitEvidence extends DatabaseWaits {
  readonly arrival: ArrivalKind;
  /** The span that is judged, since the first submission: from the first due run to the last, in a burst to the last start of a task. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Tasks of runs that were due, a second. NaN in a burst (all at once) and in a closed loop (as fast as the target goes). */
  readonly offeredTasksPerSecond: number;
  /** Tasks that finished in the span, those of the warm-up too, a second. */
  readonly doneTasksPerSecond: number;
  /** Of the tasks that were read, the share that failed or was cancelled, and the share that never ended. */
  readonly failedRatio: number;
  readonly lostRatio: number;
  /** Tasks due and not ended: how much that grew beyond what the load explains, a second. */
  readonly backlogGrowthPerSecond: number;
  readonly backlogGrows: boolean;
  /** Runs that were never sent, and runs that the engine refused. */
  readonly droppedRuns: number;
  readonly rejectedRuns: number;
  /** How late runs were sent; the latest where there are too few for a p99. */
  readonly scheduleLagP99Seconds: number;
  readonly scheduleLagIsMax: boolean;
  /** How long the engine took to accept a run, and how many submissions were under way on average, of so many allowed. */
  readonly submissionP50Seconds: number;
  readonly submissionsUnderWay: number;
  /** The share of the span in which submissions were under way. */
  readonly submittingRatio: number;
  readonly submissionsAllowed: number;
  /** Runs submitted and not ended, on average, of so many allowed (`arrival: closed` or `max_in_flight`; NaN without a bound). */
  readonly runsInFlight: number;
  readonly runsInFlightAllowed: number;
  /** How long after its end a run was seen to have ended, at most about; NaN without a bound. */
  readonly runWatchSeconds: number;
  readonly runP50Seconds: number;
  /** Tasks that the engine had accepted and not dispatched, on average; where it has places, those dispatched beyond them, too. */
  readonly waitingTasks: number;
  /** Tasks dispatched and not ended, on average; where the engine has places, no more than those. */
  readonly tasksInPlace: number;
  /**
   * Room for running tasks, as the target declares it; NaN where nothing bounds it, where the target does not say, and where the times of
   * the tasks contradict what was sampled: then nothing is claimed of places.
   */
  readonly places: number;
  /** Which of the engine's settings that is; empty where `places` is NaN. */
  readonly placesBy: string;
  /** Share of the span in which all places were taken and many tasks waited; NaN without places. */
  readonly overloadedRatio: number;
  readonly waitP50Seconds: number;
  /** 1 is one core, wholly used. `schedulerCpuRatio` is of one scheduler process on average. */
  readonly driverCpuRatio: number;
  readonly schedulerCpuRatio: number;
  readonly schedulerProcesses: number;
  readonly workersCpuRatio: number;
  readonly postgresCpuRatio: number;
  /** Share of all the cores that this experiment may use: in use, of that by others than its processes, and taken by the hypervisor. */
  readonly hostBusyRatio: number;
  readonly hostOtherRatio: number;
  readonly hostStealRatio: number;
  readonly hostCores: number;
  /** Of the periods (100 ms) of this container's CPU quota, the share in which it was held up; NaN without a quota. */
  readonly hostThrottledRatio: number;
  /** How late a timer in the driver came, 99 % of the time at most. */
  readonly driverDelayP99Seconds: number;
  /** What the target's own settings allow at most, tasks a second, and which, in words; NaN and empty where they bound nothing. */
  readonly ceilingTasksPerSecond: number;
  readonly ceilingSetting: string;
  readonly ceilingFormula: string;
  /** Connections that schedulers and driver may have: db_pool_size x processes + submit_concurrency. */
  readonly databaseConnections: number;
}

/** Shorter than this, the kernel's clock ticks (10 ms) say little of a share of CPU. */
const shortestSpanMs = 100;

/** Gathers what says who limited an experiment: in all of the span that is judged. */
export const limitEvidence = perExperiment((experiment: Experiment): LimitEvidence => {
  const { manifest } = experiment;
  const { fromMs, toMs } = judgedSpan(experiment);
  const frame = frameOf(experiment);
  const { runs, tasks, ends } = frame;
  const { sentMs, acknowledgedMs, dueMs } = runs;
  const isMeasured = (row: number): boolean => runs.warmUp[row] === 0;
  const isDue = (row: number): boolean => isMeasured(row) && !((dueMs[row] as number) > toMs);
  const { toMs: endedMs, fromMs: begunMs } = runStretches(experiment);
  const { firstSentMs, lastAcknowledgedMs } = loadSpan(experiment);
  return {
    ...evidenceBetween(experiment, { fromMs, toMs }),
    failedRatio: (ends.failed + ends.cancelled) / tasks.count,
    lostRatio: ends.lost / tasks.count,
    droppedRuns: countRuns(frame, 'dropped', isDue) + (manifest.unsentRuns?.due ?? 0),
    rejectedRuns: countRuns(frame, 'rejected', isDue),
    ...lagOf(lagDistribution(experiment)),
    submissionP50Seconds: medianSeconds(sentMs, acknowledgedMs, isMeasured),
    // Those of the warm-up take their places, too, while they last.
    submissionsUnderWay: meanCount(submissionStretches(experiment), firstSentMs, lastAcknowledgedMs),
    runP50Seconds: medianSeconds(begunMs, endedMs, () => true),
    waitP50Seconds: medianOf(phasePieces(experiment, 'wait'), phaseDistribution(experiment, 'wait')),
    driverDelayP99Seconds: (manifest.eventLoopDelay?.p99Ms ?? Number.NaN) / 1000,
  };
});

/** The same of a part of it: of the runs that were due in it (in a burst: sent) and of what ended or was sampled in it. */
export function limitEvidenceIn(experiment: Experiment, { fromMs, toMs }: JudgedSpan): LimitEvidence {
  const { kind } = arrival(experiment);
  const { firstSentMs, lastAcknowledgedMs } = loadSpan(experiment);
  const frame = frameOf(experiment);
  const { runs, tasks } = frame;
  const { sentMs, acknowledgedMs, dueMs } = runs;
  const isIn = (ms: number | undefined): boolean => ms !== undefined && ms >= fromMs && ms < toMs;
  const wantedMs = kind === 'open' ? dueMs : sentMs;
  const isCounted = (row: number): boolean => runs.warmUp[row] === 0 && isIn(wantedMs[row]);
  const { toMs: endedMs, fromMs: begunMs } = runStretches(experiment);
  const submittedFromMs = Math.max(fromMs, firstSentMs);
  const submittedToMs = Math.min(toMs, lastAcknowledgedMs);
  let [ended, failed] = [0, 0];
  for (let row = 0; row < tasks.count; row++) {
    if (!isIn(tasks.finishedMs[row])) continue;
    ended++;
    if (tasks.status[row] !== finishedCode) failed++;
  }
  return {
    ...evidenceBetween(experiment, { fromMs, toMs }),
    failedRatio: failed / ended,
    lostRatio: Number.NaN,
    droppedRuns: countRuns(frame, 'dropped', isCounted),
    rejectedRuns: countRuns(frame, 'rejected', isCounted),
    ...lagOf(distribution(sentMs.map((ms, row) => (isCounted(row) ? (ms - (dueMs[row] as number)) / 1000 : Number.NaN)))),
    submissionP50Seconds: medianSeconds(sentMs, acknowledgedMs, isCounted),
    submissionsUnderWay: submittedToMs > submittedFromMs ? meanCount(submissionStretches(experiment), submittedFromMs, submittedToMs) : 0,
    runP50Seconds: medianSeconds(begunMs, endedMs, (row) => isIn(endedMs[row])),
    waitP50Seconds: medianSeconds(tasks.createdMs, tasks.dispatchedMs, (row) => isIn(tasks.dispatchedMs[row])),
    driverDelayP99Seconds: Number.NaN,
  };
}

/** Epoch milliseconds. */
export interface JudgedSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The span that the verdict of an experiment is of: in which runs were due; in a burst, until the last task started. */
export const judgedSpan = perExperiment((experiment: Experiment): JudgedSpan => {
  const { kind, firstDueMs, lastDueMs } = arrival(experiment);
  const fromMs = Number.isNaN(firstDueMs) ? loadSpan(experiment).originMs : firstDueMs;
  const lastMs = kind === 'burst' ? lastStart(experiment, taskStretches(experiment).inPlace) : lastDueMs;
  return { fromMs, toMs: Math.max(lastMs, fromMs + shortestSpanMs) };
});

/** What is counted between two moments, in the same way for all of an experiment and for a part. */
type EvidenceBetween = Omit<
  LimitEvidence,
  | 'failedRatio'
  | 'lostRatio'
  | 'droppedRuns'
  | 'rejectedRuns'
  | 'scheduleLagP99Seconds'
  | 'scheduleLagIsMax'
  | 'submissionP50Seconds'
  | 'submissionsUnderWay'
  | 'runP50Seconds'
  | 'waitP50Seconds'
  | 'driverDelayP99Seconds'
>;

function evidenceBetween(experiment: Experiment, { fromMs, toMs }: JudgedSpan): EvidenceBetween {
  const { manifest } = experiment;
  const { config } = manifest;
  const { kind } = arrival(experiment);
  const { originMs } = loadSpan(experiment);
  const { waiting, inPlace } = taskStretches(experiment);
  const seconds = (toMs - fromMs) / 1000;
  const declared = manifest.target.places;
  const isCounted = declared.kind === 'bounded' && timesInDoubt(experiment) === undefined;
  const places = isCounted ? declared.count : Number.NaN;
  const dispatched = meanCount(inPlace, fromMs, toMs);
  const { firstSentMs, lastAcknowledgedMs } = loadSpan(experiment);
  const growth: Pick<Backlog, 'offeredPerSecond' | 'growthPerSecond' | 'grows'> =
    kind === 'burst' ? { offeredPerSecond: Number.NaN, growthPerSecond: Number.NaN, grows: false } : backlog(experiment, fromMs, toMs);

  const cpu = (role: Role): number => {
    const series = roleSeries(experiment, role);
    return counterRateBetween(series.atMs, series.cpuSeconds, fromMs, toMs);
  };
  const ceiling = targetCeiling(manifest);
  const rate = hostRates(experiment, fromMs, toMs);
  const hostBusyRatio = rate.busyRatio;
  const ours = rolesOf(experiment)
    .map(cpu)
    .filter((ratio) => !Number.isNaN(ratio));
  return {
    arrival: kind,
    fromSeconds: (fromMs - originMs) / 1000,
    toSeconds: (toMs - originMs) / 1000,
    offeredTasksPerSecond: kind === 'open' ? growth.offeredPerSecond : Number.NaN,
    doneTasksPerSecond: finishedBetween(frameOf(experiment), fromMs, toMs) / seconds,
    backlogGrowthPerSecond: growth.growthPerSecond,
    backlogGrows: growth.grows,
    submittingRatio: Math.max(0, Math.min(toMs, lastAcknowledgedMs) - Math.max(fromMs, firstSentMs)) / (toMs - fromMs),
    submissionsAllowed: config.submit_concurrency,
    runsInFlight: meanCount(runsInFlight(experiment), fromMs, toMs),
    runsInFlightAllowed: runsInFlightAllowed(config),
    runWatchSeconds: (manifest.runWatch?.intervalMsMean ?? Number.NaN) / 1000,
    // What an engine took beyond its places (graphile-worker's queue in the scheduler) waits there.
    waitingTasks: meanCount(waiting, fromMs, toMs) + (isCounted ? Math.max(0, dispatched - places) : 0),
    tasksInPlace: isCounted ? Math.min(dispatched, places) : dispatched,
    places,
    placesBy: isCounted ? declared.by : '',
    overloadedRatio: isCounted ? overloadedRatio(experiment, places, fromMs, toMs) : Number.NaN,
    driverCpuRatio: cpu('driver'),
    schedulerCpuRatio: cpu('scheduler') / config.scheduler.processes,
    schedulerProcesses: config.scheduler.processes,
    workersCpuRatio: cpu('workers'),
    postgresCpuRatio: cpu('postgres'),
    hostBusyRatio,
    hostOtherRatio: ours.length === 0 ? Number.NaN : Math.max(0, hostBusyRatio - ours.reduce((sum, ratio) => sum + ratio, 0) / rate.cores),
    hostStealRatio: rate.stealRatio,
    hostCores: rate.cores,
    hostThrottledRatio: rate.throttledRatio,
    ceilingTasksPerSecond: ceiling?.value ?? Number.NaN,
    ceilingSetting: ceiling?.settings[0] ?? ceiling?.title ?? '',
    ceilingFormula: ceiling?.formula ?? '',
    databaseConnections: config.scheduler.db_pool_size * config.scheduler.processes + config.submit_concurrency,
    ...databaseWaits(experiment, fromMs, toMs),
  };
}

function lagOf({ p99, max }: Distribution): Pick<LimitEvidence, 'scheduleLagP99Seconds' | 'scheduleLagIsMax'> {
  return { scheduleLagP99Seconds: Number.isNaN(p99) ? max : p99, scheduleLagIsMax: Number.isNaN(p99) };
}

/** Of the rows that count, from the one time to the other; NaN when there are none. */
function medianSeconds(fromMs: Float64Array, toMs: Float64Array, isCounted: (row: number) => boolean): number {
  return quantile(
    toMs.map((ms, row) => (isCounted(row) ? (ms - (fromMs[row] as number)) / 1000 : Number.NaN)),
    0.5,
  );
}

function runsInFlightAllowed({ arrival: configured, max_in_flight: bound }: PerfConfig): number {
  return bound ?? (typeof configured === 'object' && 'closed' in configured ? configured.closed : Number.NaN);
}

const runsInFlight = perExperiment((experiment: Experiment): Stretches => {
  const { fromMs, toMs } = runStretches(experiment);
  return stretchesOf(fromMs, toMs);
});

/** From sent to acknowledged; one that never was is left out. */
const submissionStretches = perExperiment((experiment: Experiment): Stretches => {
  const { sentMs, acknowledgedMs } = frameOf(experiment).runs;
  return stretchesOf(
    sentMs.map((ms, row) => (Number.isNaN(acknowledgedMs[row]) ? Number.NaN : ms)),
    acknowledgedMs,
  );
});

/** Of a task; where an engine tells no starts, its last dispatch. An engine that queues ahead dispatches all long before they start. */
function lastStart(experiment: Experiment, inPlace: Stretches): number {
  return startsInOrder(experiment).at(-1) ?? inPlace.begins.atMs.at(-1) ?? -Infinity;
}

/** Of all tasks, those of the warm-up too, in [fromMs, toMs]. */
function finishedBetween({ tasks }: Frame, fromMs: number, toMs: number): number {
  let count = 0;
  for (let row = 0; row < tasks.count; row++) {
    const ms = tasks.finishedMs[row] as number;
    if (ms >= fromMs && ms <= toMs && tasks.status[row] === finishedCode) count++;
  }
  return count;
}

/** Also of so few that a distribution does not tell it. */
function medianOf(values: NumberPieces, { p50 }: Distribution): number {
  return Number.isNaN(p50) ? quantile(values, 0.5) : p50;
}
