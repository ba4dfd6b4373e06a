import { reasonOf } from '../errors/error-reason.ts';
import type { EndedRuns } from '../load/ended-runs.ts';
import type { RunWatch } from '../results/manifest.ts';
import { sampleEvery } from '../sampling/sample-every.ts';
import { answerLimitSeconds } from '../targets/target-pool.ts';
import type { Target } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';

const intervalMs = 5;
/** Looking may take at most this share of the time: with a slow engine places are seen later, but the engine is not slowed more. */
const dutyRatio = 0.2;
/** Looks that are further apart than this leave places unused that one would think taken. */
const slowIntervalMs = 50;

export interface WatchRunsOptions {
  readonly target: Pick<Target, 'countTasks' | 'countRunsInFlight'>;
  readonly tasksPerRun: number;
  readonly clock: Clock;
  readonly ended: EndedRuns;
  /** Runs that the engine has accepted so far. */
  readonly accepted: () => number;
}

export interface RunsWatcher {
  /** Looks no more; a look that is under way is given up, however long the engine would take for it. Never rejects. */
  stop(): Promise<void>;
  /** What the looking cost until it was stopped. */
  cost(): RunWatch;
}

/**
 * Tells the driver of a closed or bounded load which runs have ended, by asking the engine up to 200 times a second.
 *
 * Errs on the safe side: a run that ends is noticed up to 5 ms and a reading later (a slow reading: five times its own length),
 * so that there are never more runs in flight than asked for, and for that long fewer. Where the engine can't count its runs, ended
 * tasks / tasks per run stand in: with several tasks a run that is the work in flight, in units of a run, not whole runs.
 */
export function watchEndedRuns({ target, tasksPerRun, clock, ended, accepted }: WatchRunsOptions): RunsWatcher {
  const startMs = clock.nowMs();
  const stopping = new AbortController();
  let stoppedMs = startMs;
  let reads = 0;
  let readMs = 0;
  let failures = 0;
  let firstFailure: string | undefined;
  const look = async <T>(counting: Promise<T>): Promise<T> =>
    withLimit(counting, answerLimitSeconds, 'counting the runs in flight', stopping.signal);
  const read = async (): Promise<void> => {
    // No last look, as samplers have one: nobody waits for a place any more.
    if (stopping.signal.aborted) return;
    const beganMs = clock.nowMs();
    // Taken before the engine is asked: a run accepted while it counts must not seem to have ended.
    const known = accepted();
    if (target.countRunsInFlight) ended.tell(known - (await look(target.countRunsInFlight())));
    else {
      const { finished, failed, cancelled } = await look(target.countTasks());
      ended.tell(Math.floor((finished + failed + cancelled) / tasksPerRun));
    }
    reads++;
    readMs += clock.nowMs() - beganMs;
  };
  const sampler = sampleEvery({
    intervalMs,
    dutyRatio,
    clock,
    read,
    onError(error) {
      if (stopping.signal.aborted) return;
      failures++;
      firstFailure ??= reasonOf(error);
    },
  });
  return {
    async stop() {
      stoppedMs = clock.nowMs();
      stopping.abort();
      await sampler.stop();
    },
    cost: () => ({
      reads,
      failures,
      ...(firstFailure === undefined ? {} : { firstFailure }),
      readMsMean: reads > 0 ? readMs / reads : 0,
      intervalMsMean: reads > 0 ? (stoppedMs - startMs) / reads : 0,
    }),
  };
}

/** What the reader of the figures should know of it, a sentence each. */
export function watchWarnings({ reads, failures, firstFailure, intervalMsMean }: RunWatch): string[] {
  return [
    ...(failures > 0 ? [`${failures} of ${reads + failures} looks at the runs in flight failed, the first with: ${firstFailure}`] : []),
    ...(intervalMsMean > slowIntervalMs
      ? [
          `Runs in flight were counted every ${intervalMsMean.toFixed(0)} ms only (aim ${intervalMs} ms): places became free that much before they were used.`,
        ]
      : []),
  ];
}
