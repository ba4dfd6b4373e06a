import type { Experiment } from '../results/experiment.ts';
import { threeDigits, percent, seconds } from './format-figure.ts';
import type { LimitEvidence } from './limit-evidence.ts';
import { roleSeries } from './role-series.ts';
import { longestStall } from './stall.ts';
import { type TimesInDoubt, fewest, timesInDoubt } from './times-in-doubt.ts';
import { shortestTaskSeconds } from '../config/mixed.ts';

/** Other programs that use this share of the host's CPU, or a hypervisor that takes that one, disturb. */
const noisyOtherRatio = 0.1;
const noisyStealRatio = 0.02;
/** Held up by its quota in so many of its periods, a container has pauses that are nobody's but the quota's. */
const throttledRatio = 0.01;
/** A span shorter than this holds too few readings and clock ticks for shares of CPU. */
const shortSeconds = 2;
/** A driver that uses this share of a core takes it from others, and is near to being late. */
const busyDriverRatio = 0.5;

/** Workers beyond the declared places in so many readings, by so much, are no overlap of one that ends and one that starts. */
const leastReadingsBeyond = 3;
const overlapRatio = 0.1;

/** What makes the figures of an experiment less certain, each a sentence: a noisy host, a short span, a late driver, what was not sampled. */
export function verdictNotes(experiment: Experiment, evidence: LimitEvidence): readonly string[] {
  const { manifest } = experiment;
  const { hostOtherRatio, hostStealRatio, hostBusyRatio, hostCores, fromSeconds, toSeconds } = evidence;
  const notes: string[] = [];
  const unfinishedRatio = evidence.failedRatio + evidence.lostRatio;
  if (unfinishedRatio > 0) {
    const percents = percent(unfinishedRatio) === '0 %' ? 'Less than 1 %' : percent(unfinishedRatio);
    notes.push(`${percents} of the tasks failed, were cancelled or lost: latency and throughput are of those that finished.`);
  }
  const doubt = timesInDoubt(experiment);
  if (doubt) notes.push(doubtNote(doubt, shortestTaskSeconds(manifest.config)));
  const stall = longestStall(experiment);
  if (stall) {
    notes.push(
      `A stall: no task was dispatched, started or ended from ${seconds(stall.fromSeconds)} to ${seconds(stall.toSeconds)}, while up to ${stall.waitingTasks} waited.`,
    );
  }
  const atOnce = workersBeyond(experiment);
  if (atOnce !== undefined) notes.push(atOnce);
  if (hostOtherRatio >= noisyOtherRatio) {
    notes.push(
      `Noisy host: other programs used ${percent(hostOtherRatio)} of its CPU (${threeDigits(hostOtherRatio * hostCores)} of ${hostCores} cores): the figures may be worse than the target's own.`,
    );
  }
  if (hostStealRatio >= noisyStealRatio) notes.push(`Noisy host: its hypervisor gave ${percent(hostStealRatio)} of its CPU to others.`);
  if (evidence.hostThrottledRatio >= throttledRatio) {
    notes.push(
      `Throttled: the CPU quota of this container (${threeDigits(hostCores)} cores) held it up in ${percent(evidence.hostThrottledRatio)} of its periods: latency has those pauses in it.`,
    );
  }
  if (toSeconds - fromSeconds < shortSeconds) {
    notes.push(`The span judged is short (${seconds(toSeconds - fromSeconds)}): shares of CPU are coarse.`);
  }
  if (evidence.driverCpuRatio >= busyDriverRatio) {
    notes.push(`The driver, with what it samples, used ${percent(evidence.driverCpuRatio)} of a core.`);
  }
  if (evidence.droppedRuns > 0) notes.push(`${evidence.droppedRuns} runs were never sent: less was offered than planned.`);
  if (Number.isNaN(hostBusyRatio)) notes.push("The host's CPU was not sampled over this span.");
  return notes;
}

function doubtNote(doubt: TimesInDoubt, durationSeconds: number): string {
  const { tooShort, finished, endedTogether, ended, readingsWithWorkers, readingsContradicted } = doubt;
  const evidence = [
    ...(tooShort > 0 ? [`${tooShort} of ${finished} tasks ran for less than half of the ${seconds(durationSeconds)} that each works`] : []),
    ...(endedTogether > 0 ? [`${endedTogether} of ${ended} ended in one and the same moment`] : []),
    ...(readingsContradicted > 0
      ? [`workers lived in ${readingsWithWorkers} readings, around ${readingsContradicted} of which no task ran`]
      : []),
  ];
  return `The engine's times of starts and ends are not when tasks started and ended: by them ${evidence.join('; ')}. Execution, dispatch, what ran at once and stalls are not judged.`;
}

/** Worker processes beyond the places that the target declares, where that is no chance of a reading or two. */
function workersBeyond(experiment: Experiment): string | undefined {
  const { places } = experiment.manifest.target;
  if (places.kind !== 'bounded' || experiment.manifest.config.executor !== 'process') return undefined;
  const { processCount } = roleSeries(experiment, 'workers');
  const always = fewest(processCount);
  // A task that has ended and its process may overlap with the next; those of a pool are no tasks.
  const beyond = processCount.filter((count) => count - always > places.count + Math.max(1, overlapRatio * places.count));
  if (beyond.length < leastReadingsBeyond) return undefined;
  return `${Math.max(...beyond)} worker processes lived at once, and more than its ${places.count} places (${places.by}) in ${beyond.length} readings: that does not bound its tasks, or a task takes several processes.`;
}
