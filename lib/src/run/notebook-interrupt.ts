import { inNotebook } from '../report/notebook-display.ts';

/**
 * Makes a kernel's interrupt (SIGINT) abort the signal that is given to `action`, as long as it goes on; outside a notebook it is
 * the caller's signal unchanged: a script decides for itself what Ctrl-C means.
 */
export async function withNotebookInterrupt<T>(
  signal: AbortSignal | undefined,
  action: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
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
