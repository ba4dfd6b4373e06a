import { inNotebook } from '../report/notebook-display.ts';
import { InterruptedError } from './errors.ts';

/** Where orchlab's kernel tells whether the cell whose code asks, or any after it, was interrupted. */
const kernelHook = Symbol.for('orchlab.isCellInterrupted');

/**
 * Makes a kernel's interrupt (SIGINT) abort the signal that is given to `action`, as long as it goes on; outside a notebook it is
 * the caller's signal unchanged: a script decides for itself what Ctrl-C means.
 *
 * Rejects with an InterruptedError, and begins nothing, where the signal has aborted or the cell was interrupted before.
 */
export async function withNotebookInterrupt<T>(
  signal: AbortSignal | undefined,
  action: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  refuseWhenInterrupted(signal);
  if (!inNotebook()) return action(signal);
  // tslab takes SIGINT away from a cell that is still in its synchronous part, and with it a handler set there.
  await Promise.resolve();
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.on('SIGINT', interrupt);
  try {
    return await action(signal ? AbortSignal.any([signal, interruption.signal]) : interruption.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** Throws an InterruptedError when what is about to begin was interrupted already. */
export function refuseWhenInterrupted(signal: AbortSignal | undefined): void {
  const { [kernelHook]: isCellInterrupted } = globalThis as { [kernelHook]?: () => boolean };
  if (isCellInterrupted?.()) throw new InterruptedError('the cell was interrupted: no experiment is started by it any more');
  if (signal?.aborted) throw new InterruptedError('interrupted by the user before the experiment was started', { cause: signal.reason });
}
