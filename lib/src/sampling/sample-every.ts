import { reasonOf } from '../errors/error-reason.ts';
import type { Clock } from '../timing/clock.ts';

export interface SampleEveryOptions {
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Takes one sample, told whether it is the last. One that throws is reported and skipped: a sampler never ends an experiment. */
  read(isLast: boolean): Promise<void> | void;
  onError(error: unknown): void;
  /**
   * Share of time that reading may take, 0 to 1 (default 1): the reading after one that took t begins at least t / share
   * after that one began, so that what is measured is not slowed by being watched.
   */
  readonly dutyRatio?: number;
  /** The reading after one begins at least so much after that one began; asked anew each time. Default 0. */
  leastPauseMs?(): number;
}

export interface Sampler {
  /** Takes a last sample and resolves when it is taken. */
  stop(): Promise<void>;
}

/** Reads at the points of a fixed grid, first at once. A late reading shifts no other; the points that it covers are left out. */
export function sampleEvery(options: SampleEveryOptions): Sampler {
  const { clock, intervalMs, dutyRatio = 1 } = options;
  const stopping = new AbortController();
  const startMs = clock.nowMs();

  const read = async (isLast: boolean): Promise<void> => {
    try {
      await options.read(isLast);
    } catch (error) {
      options.onError(error);
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const beganMs = clock.nowMs();
      await read(false);
      const endedMs = clock.nowMs();
      const earliestMs = Math.max(endedMs, beganMs + (endedMs - beganMs) / dutyRatio, beganMs + (options.leastPauseMs?.() ?? 0));
      const nextMs = startMs + (Math.floor((earliestMs - startMs) / intervalMs) + 1) * intervalMs;
      await clock.waitUntil(nextMs, stopping.signal).catch(() => undefined);
    }
    await read(true);
  };
  const done = loop();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

/** Readings that failed, by what was to be read: a sampler never ends an experiment. */
export class ReadingFailures {
  private readonly byName = new Map<string, { count: number; first: string }>();

  /** A function that notes an error in reading `name`. */
  of(name: string): (error: unknown) => void {
    return (error) => {
      const known = this.byName.get(name) ?? { count: 0, first: reasonOf(error) };
      this.byName.set(name, { ...known, count: known.count + 1 });
    };
  }

  /** A sentence for each that failed. */
  warnings(): string[] {
    return [...this.byName].map(([name, { count, first }]) => `${count} readings of ${name} failed, the first with: ${first}`);
  }
}
