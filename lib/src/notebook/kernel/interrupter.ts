import { AsyncLocalStorage } from 'node:async_hooks';
import { interruptedMessage } from './cell-error.ts';
import type { Executor } from './tslab-internals.ts';

/** Where the library asks whether the cell whose code it runs was interrupted: run/notebook-interrupt.ts. */
const libraryHook = Symbol.for('orchlab.isCellInterrupted');

/**
 * Decides what an interrupt (SIGINT) of the kernel does to the cell that runs.
 *
 * When the cell awaits something that has a handler of its own, as `runExperiment` has, that one is left to end in order and the
 * cell ends with it; a second interrupt ends the cell at once. Any other cell is ended by the first. What a cell began may go on after
 * its end, a loop for instance: the library starts nothing more for code of a cell that was interrupted, or of one before it.
 */
export class Interrupter {
  readonly #executor: Executor;
  readonly #cells = new AsyncLocalStorage<number>();
  #left = false;
  /** Called when an interrupt has come through. One that comes while a cell is compiled does not: Node takes the listeners away when the cell then begins (vm, breakOnSigint). */
  onInterrupt: () => void = () => undefined;
  /** Of the cell that runs, or ran last. */
  #number = 0;
  #interruptedNumber = 0;

  constructor(executor: Executor) {
    this.#executor = executor;
    Object.defineProperty(globalThis, libraryHook, {
      configurable: true,
      value: () => (this.#cells.getStore() ?? this.#number) <= this.#interruptedNumber,
    });
  }

  /** To be called when a cell begins. */
  reset(): void {
    this.#left = false;
    this.#number++;
  }

  /** Runs what the cell that has begun is to do. Rejects when it was interrupted, also when it has ended as if nothing were. */
  async run(cell: () => Promise<boolean>): Promise<boolean> {
    const succeeded = await this.#cells.run(this.#number, cell);
    if (succeeded && this.#number <= this.#interruptedNumber) throw new Error(interruptedMessage);
    return succeeded;
  }

  readonly interrupt = (): void => {
    this.#interruptedNumber = this.#number;
    this.onInterrupt();
    const others = process.listeners('SIGINT').filter((listener) => listener !== this.interrupt);
    if (others.length > 0 && !this.#left) this.#left = true;
    else this.#executor.interrupt();
  };
}
