import { setTimeout as sleep } from 'node:timers/promises';

/** Time as load and sampling see it; tests bring a manual one. */
export interface Clock {
  /** Epoch milliseconds with sub-millisecond digits; never goes back. */
  nowMs(): number;
  /** Resolves at or shortly after the moment, at once when it has passed; rejects with an AbortError when aborted. */
  waitUntil(epochMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  async waitUntil(epochMs, signal) {
    // A timer may fire up to a millisecond early, and can't wait for more than 2^31 ms.
    for (let left = epochMs - this.nowMs(); left > 0; left = epochMs - this.nowMs()) {
      await sleep(Math.min(Math.ceil(left), 2 ** 30), undefined, signal ? { signal } : {});
    }
  },
};

/** The longest that a timer of Node waits, 2^31 - 1 ms or 24 days, in whole seconds. One that is to wait longer fires at once. */
export const longestTimerSeconds = 2_147_483;
