import type { PerfConfig } from '../config/perf-config.ts';
import type { Experiment } from '../results/experiment.ts';
import { type ArrivalKind, arrival } from './arrival.ts';
import { type Backlog, backlog } from './backlog.ts';
import { counterRateBetween } from './counter-rate.ts';
import { type Distribution, quantile } from './distribution.ts';
import { type DatabaseWaits, databaseWaits } from './database-waits.ts';
import { type Stretches, meanCount, stretchesOf } from './edges.ts';
import { type Frame, type RunStatus, countRuns, finishedCode, frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { overloadedRatio } from './overload.ts';
import { hostRates } from './host-rates.ts';
import { runStretches } from './run-stretches.ts';
import { type Role, roleSeries, rolesOf } from './role-series.ts';
import { perExperiment } from './per-experiment.ts';
import { lagDistribution } from './schedule-lag.ts';
import { startsInOrder, taskStretches } from './task-stretches.ts';
import { phaseDistribution, phaseSeconds } from './task-phases.ts';
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
  /** Connections that schedulers and driver may have: db_pool_size x processes + submit_concurrency. */
  readonly databaseConnections: number;
}

/** Shorter than this, the kernel's clock ticks (10 ms) say little of a share of CPU. */
const shortestSpanMs = 100;

/** Gathers what says who limited an experiment. */
export const limitEvidence = perExperiment((experiment: Experiment): LimitEvidence => {
  const { manifest } = experiment;
  const { config } = manifest;
  const { kind, firstDueMs, lastDueMs } = arrival(experiment);
  const { originMs, firstSentMs, lastAcknowledgedMs } = loadSpan(experiment);
  const { waiting, inPlace } = taskStretches(experiment);
  const fromMs = Number.isNaN(firstDueMs) ? originMs : firstDueMs;
  const toMs = Math.max(kind === 'burst' ? lastStart(experiment, inPlace) : lastDueMs, fromMs + shortestSpanMs);
  const seconds = (toMs - fromMs) / 1000;

  const frame = frameOf(experiment);
  const { runs, tasks, ends } = frame;
  const runsWith = (wanted: RunStatus): number =>
    countRuns(frame, wanted, (row) => runs.warmUp[row] === 0 && !((runs.dueMs[row] as number) > toMs));
  const { sentMs, acknowledgedMs } = runs;
  const measured = (values: Float64Array): Float64Array => values.filter((_, row) => runs.warmUp[row] === 0);
  const inFlight = runStretches(experiment);
  const declared = manifest.target.places;
  const isCounted = declared.kind === 'bounded' && timesInDoubt(experiment) === undefined;
  const places = isCounted ? declared.count : Number.NaN;
  const lags = lagDistribution(experiment);
  const dispatched = meanCount(inPlace, fromMs, toMs);
  const growth: Pick<Backlog, 'offeredPerSecond' | 'growthPerSecond' | 'grows'> =
    kind === 'burst' ? { offeredPerSecond: Number.NaN, growthPerSecond: Number.NaN, grows: false } : backlog(experiment, fromMs, toMs);

  const cpu = (role: Role): number => {
    const series = roleSeries(experiment, role);
    return counterRateBetween(series.atMs, series.cpuSeconds, fromMs, toMs);
  };
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
    doneTasksPerSecond: finishedBetween(frame, fromMs, toMs) / seconds,
    failedRatio: (ends.failed + ends.cancelled) / tasks.count,
    lostRatio: ends.lost / tasks.count,
    backlogGrowthPerSecond: growth.growthPerSecond,
    backlogGrows: growth.grows,
    droppedRuns: runsWith('dropped') + (manifest.unsentRuns?.due ?? 0),
    rejectedRuns: runsWith('rejected'),
    scheduleLagP99Seconds: Number.isNaN(lags.p99) ? lags.max : lags.p99,
    scheduleLagIsMax: Number.isNaN(lags.p99),
    submissionP50Seconds: quantile(measured(acknowledgedMs.map((ms, row) => (ms - (sentMs[row] ?? Number.NaN)) / 1000)), 0.5),
    // Those of the warm-up take their places, too, while they last.
    submissionsUnderWay: meanCount(submissionStretches(sentMs, acknowledgedMs), firstSentMs, lastAcknowledgedMs),
    submissionsAllowed: config.submit_concurrency,
    runsInFlight: meanCount(stretchesOf(inFlight.fromMs, inFlight.toMs), fromMs, toMs),
    runsInFlightAllowed: runsInFlightAllowed(config),
    runWatchSeconds: (manifest.runWatch?.intervalMsMean ?? Number.NaN) / 1000,
    runP50Seconds: quantile(
      inFlight.toMs.map((ms, row) => (ms - (inFlight.fromMs[row] ?? Number.NaN)) / 1000),
      0.5,
    ),
    // What an engine took beyond its places (graphile-worker's queue in the scheduler) waits there.
    waitingTasks: meanCount(waiting, fromMs, toMs) + (isCounted ? Math.max(0, dispatched - places) : 0),
    tasksInPlace: isCounted ? Math.min(dispatched, places) : dispatched,
    places,
    placesBy: isCounted ? declared.by : '',
    overloadedRatio: isCounted ? overloadedRatio(experiment, places, fromMs, toMs) : Number.NaN,
    waitP50Seconds: medianOf(phaseSeconds(experiment, 'wait'), phaseDistribution(experiment, 'wait')),
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
    driverDelayP99Seconds: (manifest.eventLoopDelay?.p99Ms ?? Number.NaN) / 1000,
    databaseConnections: config.scheduler.db_pool_size * config.scheduler.processes + config.submit_concurrency,
    ...databaseWaits(experiment, fromMs, toMs),
  };
});

function runsInFlightAllowed({ arrival: configured, max_in_flight: bound }: PerfConfig): number {
  return bound ?? (typeof configured === 'object' && 'closed' in configured ? configured.closed : Number.NaN);
}

/** From sent to acknowledged; one that never was is left out. */
function submissionStretches(sentMs: Float64Array, acknowledgedMs: Float64Array): Stretches {
  const fromMs = sentMs.map((ms, row) => (Number.isNaN(acknowledgedMs[row] ?? Number.NaN) ? Number.NaN : ms));
  return stretchesOf(fromMs, acknowledgedMs);
}

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
function medianOf(values: Float64Array, { p50 }: Distribution): number {
  return Number.isNaN(p50) ? quantile(values, 0.5) : p50;
}
