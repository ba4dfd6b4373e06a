import type { SamplerThread } from '../sampling/sampler.ts';
import type { Clock } from '../timing/clock.ts';
import type { Ending } from './ending.ts';
import type { LiveState } from './live-state.ts';
import type { ManifestKeeper } from './manifest-keeper.ts';

/**
 * The beginning of the phase is in no figure, up to half of it: what schedulers do at their start ends in it, and a backend of Postgres that has
 * become idle may report up to 10 s later what it did (PGSTAT_IDLE_INTERVAL).
 */
const settleSeconds = 10;

interface IdleParts {
  readonly sampler: Pick<SamplerThread, 'readStatements'>;
  readonly clock: Clock;
  readonly ending: Ending;
  readonly live: LiveState;
  readonly keeper: ManifestKeeper;
}

/** Lets the engine be without work for a time, with a reading of its statements where figures begin and end; the end of the experiment ends it, too. */
export async function idlePhase(seconds: number, { sampler, clock, ending, live, keeper }: IdleParts): Promise<void> {
  live.phase = 'idle';
  live.step = `letting the schedulers idle for ${seconds} s`;
  const wait = async (untilMs: number): Promise<number> => {
    await clock.waitUntil(untilMs, ending.signal).catch(() => undefined);
    await sampler.readStatements();
    return clock.nowMs();
  };
  const idleStartedMs = clock.nowMs();
  const idleSettledMs = await wait(idleStartedMs + 1000 * Math.min(settleSeconds, seconds / 2));
  const idleEndedMs = await wait(idleStartedMs + 1000 * seconds);
  // Of one that was cut short nothing is claimed.
  if (!ending.signal.aborted) await keeper.update({ times: { idleStartedMs, idleSettledMs, idleEndedMs } });
}
