import { setTimeout as sleep } from 'node:timers/promises';

/** How long a failed cell's reply waits for requests that are already on their way: those that a busy kernel could not read. */
const settleMs = 50;

/**
 * Runs cells one after another. When one fails, those that were asked for before its failure was reported are aborted, the next
 * one that is asked for runs.
 */
export class CellQueue {
  #last: Promise<unknown> = Promise.resolve();
  #generation = 0;

  /** Runs `cell` when its turn comes, and reports its result, undefined when it was aborted, before the next one's. `cell` must not throw. */
  run<T extends { readonly failed: boolean }>(cell: () => Promise<T>, report: (result: T | undefined) => void): Promise<void> {
    const generation = this.#generation;
    const turn = this.#last.then(async () => {
      const result = generation === this.#generation ? await cell() : undefined;
      if (result?.failed) {
        await sleep(settleMs);
        this.#generation++;
      }
      report(result);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
