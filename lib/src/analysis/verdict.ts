import type { Experiment } from '../results/experiment.ts';
import { threeDigits } from './format-figure.ts';
import { damageOf, damageWords } from './damage.ts';
import { growthLimitRatio } from './backlog.ts';
import { type LimitEvidence, limitEvidence } from './limit-evidence.ts';
import { placesTakenRatio } from './overload.ts';
import { taskPhases } from './task-phases.ts';
import { verdictNotes } from './verdict-notes.ts';
import { percent, seconds, tasksPerSecond } from './verdict-words.ts';

/** Who set the pace. `nothing`: the target kept up with what was offered. `unknown`: the evidence does not say. */
export type LimitedBy = 'nothing' | 'driver' | 'database' | 'host' | 'target' | 'unknown';

export interface Verdict {
  readonly limitedBy: LimitedBy;
  /** One sentence, with the numbers that it rests on. */
  readonly sentence: string;
  readonly evidence: LimitEvidence;
  /** Sentences on what makes the figures less certain: a noisy host, a short experiment. */
  readonly notes: readonly string[];
}

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

interface Rule {
  readonly limitedBy: LimitedBy;
  readonly applies: (evidence: LimitEvidence) => boolean;
  readonly sentence: (evidence: LimitEvidence) => string;
}

const rules: readonly Rule[] = [
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
    applies: (e) => e.databaseWaitingConnections >= Math.max(1, databaseWaitLimitRatio * e.databaseConnections),
    sentence: (e) =>
      `The database limited it: ${threeDigits(e.databaseWaitingConnections)} of the ${e.databaseConnections} connections that schedulers and driver may have waited on average for ${e.databaseWaitEvent === '' ? 'a lock' : `locks or disk, mostly ${e.databaseWaitEvent}`}.`,
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
    applies: (e) => (isStarved(e) || isLate(e)) && e.submissionsUnderWay >= usedUpRatio * e.submissionsAllowed,
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

/**
 * Says what limited an experiment, from how much was offered and done, what waited for what, and who used how much CPU.
 *
 * Looks at the span in which runs were due; in a burst until the last task started. The first rule that applies decides:
 *
 * | limited by | when |
 * |---|---|
 * | unknown | the experiment failed; its results are damaged; no task finished after the warm-up; most tasks failed |
 * | nothing | runs came by a schedule, the backlog did not grow, the target was not overloaded for a tenth of the time, no run was dropped or rejected, sent at most 50 ms late (p99) |
 * | driver | it used 90 % of a core, and was late or the target waited for work |
 * | database | the host's CPU was 90 % busy, more than half of that with Postgres |
 * | host | its CPU was 90 % busy (the sentence says with what), or the hypervisor took 10 % |
 * | database | half of the connections that schedulers and driver may have (db_pool_size x processes + submit_concurrency) waited on average for locks or disk (wait events Lock, LWLock, IO, IPC, BufferPin; of at least 10 readings) |
 * | target | the scheduler processes used 90 % of a core each, on average |
 * | target | 90 % of the places that it declares were taken, and tasks waited |
 * | target | overloaded for a tenth of the time: all places taken while more tasks waited than it has places (or 10) and than come with one run |
 * | nothing | runs waited for `max_in_flight`, with half of that in flight on average, and the target waited for work |
 * | target | late or waiting for work, with 90 % of `submit_concurrency` under way: it accepts runs slowly |
 * | driver | a closed loop in which no tasks waited and that held less than 80 % of its runs in flight |
 * | nothing | a closed loop in which no tasks waited: the number of runs in flight set the pace |
 * | driver | runs came by a schedule and were sent late, and the target waited for work |
 * | target | it rejected runs, and waited for work |
 * | target | tasks waited while places were free (or it declares none) and the host's CPU was under 75 % busy: its polling or its own limits |
 * | unknown | none of these; tasks waited, but the host's CPU was 75 to 90 % busy |
 *
 * It names what was used up, not what would come next: with that out of the way, something else limits.
 */
export function verdict(experiment: Experiment): Verdict {
  const evidence = limitEvidence(experiment);
  const { status, reason } = experiment.manifest;
  if (status === 'failed') {
    const sentence = `What limited it is not judged: the experiment failed${reason === undefined ? '' : ` (${reason})`}.`;
    return { limitedBy: 'unknown', sentence, evidence, notes: [] };
  }
  const damage = damageOf(experiment);
  if (damage) {
    const sentence = `What limited it is not judged: ${damageWords(damage)}.`;
    return { limitedBy: 'unknown', sentence, evidence, notes: [] };
  }
  if (taskPhases(experiment).numRows() === 0) {
    const sentence = 'What limited it is not known: no task finished after the warm-up.';
    return { limitedBy: 'unknown', sentence, evidence, notes: [] };
  }
  const notes = verdictNotes(experiment, evidence);
  const rule = rules.find(({ applies }) => applies(evidence));
  if (rule === undefined) {
    return { limitedBy: 'unknown', sentence: 'What limited it is not known: nothing that was sampled was used up.', evidence, notes };
  }
  return { limitedBy: rule.limitedBy, sentence: withRates(rule, evidence), evidence, notes };
}

/** What was offered and what was done belong to every verdict on a schedule that was not kept up with. */
function withRates({ limitedBy, sentence }: Rule, evidence: LimitEvidence): string {
  const words = sentence(evidence);
  if (evidence.arrival !== 'open' || limitedBy === 'nothing') return words;
  const { doneTasksPerSecond, offeredTasksPerSecond } = evidence;
  return `${words.slice(0, -1)}; of ${tasksPerSecond(offeredTasksPerSecond)} offered, ${threeDigits(doneTasksPerSecond)} were done.`;
}

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
  if (!(e.databaseWaitRatio >= databaseWaitLimitRatio)) return '';
  return `; ${percent(e.databaseWaitRatio)} of its active database connections waited${e.databaseWaitEvent === '' ? '' : `, mostly for ${e.databaseWaitEvent}`}`;
}

/** Fewer tasks waited than a small share of the places, or than one: where there are no places, what was in work stands for them. */
function isStarved({ waitingTasks, tasksInPlace, places }: LimitEvidence): boolean {
  return waitingTasks < Math.max(1, starvedRatio * (Number.isNaN(places) ? tasksInPlace : places));
}

function hasPlaces({ places }: LimitEvidence): boolean {
  return !Number.isNaN(places);
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
