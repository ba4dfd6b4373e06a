import type { Clock } from '../../src/timing/clock.ts';

/** A clock that only moves when the test says so. */
export class ManualClock implements Clock {
  private now: number;
  private waiting: { readonly untilMs: number; readonly resolve: () => void }[] = [];

  constructor(startMs = 1_000_000) {
    this.now = startMs;
  }

  nowMs(): number {
    return this.now;
  }

  async waitUntil(epochMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (epochMs <= this.now) return;
    await new Promise<void>((resolve, reject) => {
      this.waiting.push({ untilMs: epochMs, resolve });
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  /** Time passes without anybody being woken: the process is stalled, or works. */
  stall(ms: number): void {
    this.now += ms;
  }

  /** Moves on by `ms`, waking each waiter at its moment, and lets what follows from it happen. */
  async advance(ms: number): Promise<void> {
    const endMs = this.now + ms;
    await settle();
    for (;;) {
      const next = this.waiting.toSorted((a, b) => a.untilMs - b.untilMs)[0];
      if (!next || next.untilMs > endMs) break;
      this.waiting = this.waiting.filter((waiter) => waiter !== next);
      this.now = Math.max(this.now, next.untilMs);
      next.resolve();
      await settle();
    }
    this.now = Math.max(this.now, endMs);
  }
}

/** Lets all that is ready to run in promises run. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
