import { reasonOf } from '../errors/error-reason.ts';
import { InterruptedError } from '../run/errors.ts';
import { sameInterruptMs } from '../timing/stop-limits.ts';
import { exitCodes } from './exit-codes.ts';
import { say } from './output.ts';

/** Ctrl-C, a polite kill, and the terminal that closes. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `action` with a signal that the first Ctrl-C (or SIGTERM, SIGHUP) aborts, so that it can end in order; a second one, a
 * second later or more, ends this process at once, and what it started ends by itself.
 */
export async function withInterruption<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  let interruptedMs = Number.NaN;
  const interrupt = (): void => {
    if (performance.now() - interruptedMs < sameInterruptMs) return;
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
    interruptedMs = performance.now();
    say('\nInterrupting: ending in order, what was done is kept (again to leave at once)');
    interruption.abort();
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await action(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted || error instanceof InterruptedError) throw error;
    throw new InterruptedError(reasonOf(error), { cause: error });
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
