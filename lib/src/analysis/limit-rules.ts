import { growthLimitRatio } from './backlog.ts';
import { threeDigits, percent, seconds, tasksPerSecond } from './format-figure.ts';
import type { LimitEvidence } from './limit-evidence.ts';
import { placesTakenRatio } from './overload.ts';
import { waitWords } from './wait-meanings.ts';

/** Who set the pace. `nothing`: the target kept up with what was offered. `unknown`: the evidence does not say. */
export type LimitedBy = 'nothing' | 'driver' | 'database' | 'host' | 'target' | 'unknown';

/** A run sent later than this after it was due (p99) is late: the load was not the one asked for. */
const lateSeconds = 0.05;
/** A process that runs on one core, and a host, that are used to this share have no room left. */
const usedUpRatio = 0.9;
/** The hypervisor takes so much that the host is not what it seems. */
const stealRatio = 0.1;
/** So many of the connections that schedulers and driver may have, waiting inside Postgres, hold up the rest. */
const databaseWaitLimitRatio = 0.5;
/** One that uses more than this share of a used-up host's CPU is what used it up. */
const mostOfHostRatio = 0.5;
/** Below this share of the host's CPU in use there is certainly room; between it and the one above, one can't tell. */
const certainRoomRatio = 0.75;
/** Fewer tasks waiting than this share of the places: the target was waiting for work. */
const starvedRatio = 0.05;
/** With all places taken for a longer share of the time, while many tasks waited, a target did not keep up then. */
const overloadedLimitRatio = 0.1;
/** With more than this share of the tasks failed, how fast they ended says nothing of what the target can do. */
const failedLimitRatio = 0.5;
/** A closed loop that held less than this share of its runs in flight was not the load asked for. */
const inFlightKeptRatio = 0.8;
/** With this share of `max_in_flight` taken on average it was taken time and again, and held up what was due. */
const inFlightTakenRatio = 0.5;

/** As much done as this of what the target's own settings allow: they set the pace. */
const atCeilingRatio = 0.9;

/** What a verdict may say, and when. */
export interface LimitRule {
  readonly limitedBy: LimitedBy;
  readonly applies: (evidence: LimitEvidence) => boolean;
  readonly sentence: (evidence: LimitEvidence) => string;
}

/** The first that applies decides. */
export const limitRules: readonly LimitRule[] = [
  {
    limitedBy: 'unknown',
    applies: (e) => e.failedRatio > failedLimitRatio,
    sentence: (e) => `What limited it is not known: ${percent(e.failedRatio)} of the tasks failed or were cancelled.`,
  },
  {
    limitedBy: 'nothing',
    applies: (e) =>
      e.arrival === 'open' &&
      !e.backlogGrows &&
      !(e.overloadedRatio >= overloadedLimitRatio) &&
      e.droppedRuns === 0 &&
      e.rejectedRuns === 0 &&
      e.scheduleLagP99Seconds <= lateSeconds,
    sentence: (e) =>
      `Nothing limited it: the target kept up with the ${tasksPerSecond(e.offeredTasksPerSecond)} offered (${backlogGrowth(e)}), and runs were sent at most ${late(e)}.`,
  },
  {
    limitedBy: 'driver',
    applies: (e) => e.driverCpuRatio >= usedUpRatio && (isStarved(e) || isLate(e)),
    sentence: (e) =>
      `The driver limited it: it used ${percent(e.driverCpuRatio)} of a core and sent runs up to ${late(e)}${isStarved(e) ? ', while the target waited for work' : ''}.`,
  },
  {
    limitedBy: 'database',
    applies: (e) => isHostUsedUp(e) && e.postgresCpuRatio > mostOfHostRatio * e.hostBusyRatio * e.hostCores,
    sentence: (e) =>
      `The database limited it: the host's CPU was ${percent(e.hostBusyRatio)} busy, and Postgres used most of that (${cores(e.postgresCpuRatio)} of ${e.hostCores}).`,
  },
  {
    limitedBy: 'host',
    applies: (e) => isHostUsedUp(e) && e.hostOtherRatio > mostOfHostRatio * e.hostBusyRatio,
    sentence: (e) =>
      `The host limited it: its CPU was ${percent(e.hostBusyRatio)} busy, most of it with other programs (${cores(e.hostOtherRatio * e.hostCores)} of ${e.hostCores}).`,
  },
  {
    limitedBy: 'host',
    applies: isHostUsedUp,
    sentence: (e) => `The host's CPU limited it: ${percent(e.hostBusyRatio)} of ${e.hostCores} cores busy (${shares(e)}).`,
  },
  {
    limitedBy: 'host',
    applies: (e) => e.hostStealRatio >= stealRatio,
    sentence: (e) => `The host limited it: its hypervisor gave ${percent(e.hostStealRatio)} of its CPU to others.`,
  },
  {
    limitedBy: 'database',
    applies: (e) => waitsThatMatter(e).notifyQueuedRatio >= usedUpRatio,
    sentence: (e) =>
      `The database limited it: commits that notify go one by one (NOTIFY's lock), and in ${percent(waitsThatMatter(e).notifyQueuedRatio)} of the readings some of the ${waitsThatMatter(e).whose} queued for that.`,
  },
  {
    limitedBy: 'database',
    applies: (e) => waitsThatMatter(e).waiting >= Math.max(1, databaseWaitLimitRatio * waitsThatMatter(e).connections),
    sentence: (e) => {
      const { waiting, connections, whose, event } = waitsThatMatter(e);
      const mostly = event === '' ? 'a lock' : `locks or disk, mostly ${waitWords(event)}`;
      return `The database limited it: ${threeDigits(waiting)} of the ${connections} ${whose} waited on average for ${mostly}.`;
    },
  },
  {
    limitedBy: 'target',
    applies: (e) => e.schedulerCpuRatio >= usedUpRatio,
    sentence: (e) =>
      `The target limited it: its scheduler${e.schedulerProcesses > 1 ? ` processes used ${percent(e.schedulerCpuRatio)} of a core each on average` : ` used ${percent(e.schedulerCpuRatio)} of a core`}, the host had ${percent(1 - e.hostBusyRatio)} of its CPU left.`,
  },
  {
    limitedBy: 'target',
    applies: (e) => arePlacesTaken(e) && !isStarved(e),
    sentence: (e) =>
      `The target limited it: ${threeDigits(e.tasksInPlace)} of its ${e.places} places (${e.placesBy}) were taken on average while ${threeDigits(e.waitingTasks)} tasks waited${hostIdle(e, ', with')}.`,
  },
  {
    limitedBy: 'target',
    applies: (e) => isAtCeiling(e) && !isStarved(e),
    sentence: (e) =>
      `The target limited it by its own setting: ${tasksPerSecond(e.doneTasksPerSecond)} are ${percent(e.doneTasksPerSecond / e.ceilingTasksPerSecond)} of what ${e.ceilingSetting} allows (${e.ceilingFormula}), while ${threeDigits(e.waitingTasks)} tasks waited${hostIdle(e, ', with')}.`,
  },
  {
    limitedBy: 'target',
    applies: (e) => e.arrival === 'open' && e.overloadedRatio >= overloadedLimitRatio,
    sentence: (e) =>
      `The target limited it for ${percent(e.overloadedRatio)} of the time: then its ${e.places} places (${e.placesBy}) were all taken and many tasks waited, on average of the whole ${threeDigits(e.waitingTasks)}.`,
  },
  {
    limitedBy: 'nothing',
    applies: (e) => isHeldUp(e) && isStarved(e),
    sentence: (e) =>
      `Nothing limited it but max_in_flight: ${threeDigits(e.runsInFlight)} of ${e.runsInFlightAllowed} runs were in flight on average (each took ${seconds(e.runP50Seconds)}, p50), so that runs were sent up to ${late(e)}${e.droppedRuns > 0 ? ` and ${e.droppedRuns} not at all` : ''}, while the target waited for work.`,
  },
  {
    limitedBy: 'target',
    applies: isHeldUpBySubmissions,
    sentence: (e) =>
      `The target limited it by how fast it accepted runs: ${seconds(e.submissionP50Seconds)} each (p50), with ${threeDigits(e.submissionsUnderWay)} of ${e.submissionsAllowed} submissions under way on average.`,
  },
  {
    limitedBy: 'driver',
    applies: (e) => e.arrival === 'closed' && isStarved(e) && e.runsInFlight < inFlightKeptRatio * e.runsInFlightAllowed,
    sentence: (e) =>
      `The driver limited it: it held ${threeDigits(e.runsInFlight)} of ${e.runsInFlightAllowed} runs in flight on average, as a run took ${seconds(e.runP50Seconds)} (p50) and orchlab looks every ${seconds(e.runWatchSeconds)} only whether one has ended.`,
  },
  {
    limitedBy: 'nothing',
    applies: (e) => e.arrival === 'closed' && isStarved(e),
    sentence: (e) =>
      `Nothing limited it but the number of runs in flight (${threeDigits(e.runsInFlight)} of ${e.runsInFlightAllowed} on average): ${threeDigits(e.waitingTasks)} tasks waited on average${hasPlaces(e) ? `, and ${threeDigits(e.tasksInPlace)} of its ${e.places} places (${e.placesBy}) were taken` : ''}.`,
  },
  {
    limitedBy: 'driver',
    applies: (e) => e.arrival === 'open' && isLate(e) && isStarved(e),
    sentence: (e) =>
      `The driver limited it: it sent runs up to ${late(e)} while the target waited for work, though it used ${percent(e.driverCpuRatio)} of a core only.`,
  },
  {
    limitedBy: 'target',
    applies: (e) => isStarved(e) && e.rejectedRuns > 0,
    sentence: (e) => `The target limited it: it rejected ${e.rejectedRuns} runs, while it waited for work.`,
  },
  {
    limitedBy: 'target',
    applies: (e) => !isStarved(e) && !arePlacesTaken(e) && e.hostBusyRatio < certainRoomRatio,
    sentence: (e) =>
      `The target limited it by its own pace (polling, limits): ${threeDigits(e.waitingTasks)} tasks waited on average (p50 ${seconds(e.waitP50Seconds)}) while ${freePlaces(e, 'its')}${percent(1 - e.hostBusyRatio)} of the host's CPU was idle${databaseWaits(e)}.`,
  },
  {
    limitedBy: 'unknown',
    applies: (e) => !isStarved(e) && e.hostBusyRatio >= certainRoomRatio,
    sentence: (e) =>
      `What limited it is not certain: ${threeDigits(e.waitingTasks)} tasks waited on average while ${freePlaces(e, "the target's")}the host's CPU was ${percent(e.hostBusyRatio)} busy (${shares(e)}): the target's own pace or the host${databaseWaits(e)}.`,
  },
];

function backlogGrowth({ backlogGrowthPerSecond, offeredTasksPerSecond }: LimitEvidence): string {
  return backlogGrowthPerSecond > growthLimitRatio * offeredTasksPerSecond
    ? `its backlog grew by ${tasksPerSecond(backlogGrowthPerSecond)}, no more than it comes and goes`
    : 'its backlog did not grow';
}

/** `max_in_flight` kept runs from being sent when they were due. */
function isHeldUp(e: LimitEvidence): boolean {
  return isLate(e) && e.runsInFlight >= inFlightTakenRatio * e.runsInFlightAllowed;
}

function isLate(evidence: LimitEvidence): boolean {
  // In a burst all but the first are sent later than they were due: that says nothing of the driver.
  return evidence.arrival === 'open' && evidence.scheduleLagP99Seconds > lateSeconds;
}

/** Waits that are too few to hold up all connections may still be on the way of the one that matters. */
function databaseWaits(e: LimitEvidence): string {
  const { ratio, event } = waitsThatMatter(e);
  if (!(ratio >= databaseWaitLimitRatio)) return '';
  return `; ${percent(ratio)} of its active database connections waited${event === '' ? '' : `, mostly for ${waitWords(event)}`}`;
}

/** Whose waits in the database hold it up: while the target has work enough, those of submissions hold up nothing that it could do. */
function waitsThatMatter(e: LimitEvidence): {
  readonly ratio: number;
  readonly waiting: number;
  readonly event: string;
  readonly notifyQueuedRatio: number;
  /** How many connections there may be, and whose they are. */
  readonly connections: number;
  readonly whose: string;
} {
  if (isStarved(e) || isLate(e) || isHeldUpBySubmissions(e))
    return {
      ratio: e.databaseWaitRatio,
      waiting: e.databaseWaitingConnections,
      event: e.databaseWaitEvent,
      notifyQueuedRatio: e.notifyQueuedRatio,
      connections: e.databaseConnections,
      whose: 'connections that schedulers and driver may have',
    };
  return {
    ratio: e.engineWaitRatio,
    waiting: e.engineWaitingConnections,
    event: e.engineWaitEvent,
    notifyQueuedRatio: e.engineNotifyQueuedRatio,
    connections: e.databaseConnections - e.submissionsAllowed,
    whose: 'connections that schedulers may have',
  };
}

/**
 * As many submissions were under way as may be, and what was accepted was done: the target waited for work, or runs were sent late, or, in a burst, it had done
 * nearly all that it had accepted at any time, up to when the last run was submitted.
 */
function isHeldUpBySubmissions(e: LimitEvidence): boolean {
  const done = e.doneTasksPerSecond * (e.toSeconds - e.fromSeconds);
  const keepsUp = e.arrival === 'burst' && e.submittingRatio >= usedUpRatio && e.waitingTasks <= starvedRatio * done;
  return (isStarved(e) || isLate(e) || keepsUp) && e.submissionsUnderWay >= usedUpRatio * e.submissionsAllowed;
}

/** Fewer tasks waited than a small share of the places, or than one: where there are no places, what was in work stands for them. */
function isStarved({ waitingTasks, tasksInPlace, places }: LimitEvidence): boolean {
  return waitingTasks < Math.max(1, starvedRatio * (Number.isNaN(places) ? tasksInPlace : places));
}

function hasPlaces({ places }: LimitEvidence): boolean {
  return !Number.isNaN(places);
}

function isAtCeiling({ doneTasksPerSecond, ceilingTasksPerSecond }: LimitEvidence): boolean {
  return doneTasksPerSecond >= atCeilingRatio * ceilingTasksPerSecond;
}

function arePlacesTaken({ tasksInPlace, places }: LimitEvidence): boolean {
  return tasksInPlace >= placesTakenRatio * places;
}

/** Nothing where nothing is known of places. */
function freePlaces(e: LimitEvidence, whose: string): string {
  return hasPlaces(e) ? `${threeDigits(e.places - e.tasksInPlace)} of ${whose} ${e.places} places (${e.placesBy}) were free and ` : '';
}

function hostIdle({ hostBusyRatio }: LimitEvidence, before: string): string {
  return Number.isNaN(hostBusyRatio) ? '' : `${before} ${percent(1 - hostBusyRatio)} of the host's CPU idle`;
}

/** For instance `12 ms late (p99)`. */
function late({ scheduleLagP99Seconds, scheduleLagIsMax }: LimitEvidence): string {
  return `${seconds(scheduleLagP99Seconds)} late${scheduleLagIsMax ? '' : ' (p99)'}`;
}

function isHostUsedUp({ hostBusyRatio }: LimitEvidence): boolean {
  return hostBusyRatio >= usedUpRatio;
}

function cores(ratio: number): string {
  return `${threeDigits(ratio)} cores`;
}

function shares({
  schedulerCpuRatio,
  schedulerProcesses,
  workersCpuRatio,
  postgresCpuRatio,
  driverCpuRatio,
  hostOtherRatio,
  hostCores,
}: LimitEvidence): string {
  const parts = {
    workers: workersCpuRatio,
    scheduler: schedulerCpuRatio * schedulerProcesses,
    Postgres: postgresCpuRatio,
    driver: driverCpuRatio,
  };
  return Object.entries({ ...parts, 'other programs': hostOtherRatio * hostCores })
    .filter(([, ratio]) => ratio >= 0.005)
    .sort(([, a], [, b]) => b - a)
    .map(([name, ratio]) => `${name} ${threeDigits(ratio)}`)
    .join(', ');
}
