import type { Executor } from './tslab-internals.ts';

/**
 * Decides what an interrupt (SIGINT) of the kernel does to the cell that runs.
 *
 * When the cell awaits something that has a handler of its own, as `runExperiment` has, that one is left to end in order and the
 * cell ends with it; a second interrupt ends the cell at once. Any other cell is ended by the first.
 */
export class Interrupter {
  readonly #executor: Executor;
  #left = false;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** To be called when a cell begins. */
  reset(): void {
    this.#left = false;
  }

  readonly interrupt = (): void => {
    const others = process.listeners('SIGINT').filter((listener) => listener !== this.interrupt);
    if (others.length > 0 && !this.#left) this.#left = true;
    else this.#executor.interrupt();
  };
}
