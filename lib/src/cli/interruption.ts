import { InterruptedError } from './exit-codes.ts';

/**
 * Runs `action` with a signal that the first Ctrl-C (or SIGTERM) aborts, so that it can end in order; a second one ends this
 * process at once, and what it started ends by itself.
 */
export async function withInterruption<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(130);
    process.stderr.write('\nInterrupting: stopping the experiment and keeping what was sampled (again to leave at once)\n');
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await action(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new InterruptedError(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
