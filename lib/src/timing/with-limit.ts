/** A wait that took longer than its limit. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}

/**
 * Waits for `promise`, but no longer than `seconds`, and not beyond an abort.
 *
 * Rejects with a LimitError that says what was waited for, or with the signal's reason. The promise itself goes on; its later
 * failure is nobody's.
 */
export async function withLimit<T>(promise: Promise<T>, seconds: number, what: string, signal?: AbortSignal): Promise<T> {
  promise.catch(() => undefined); // before anything throws
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LimitError(`${what} took longer than ${seconds} s`)), seconds * 1000);
    onAbort = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener('abort', onAbort);
  }
}

/** The disposal of `resource` may take so long, not longer: a database that hangs must not hang what uses it. */
export function limitedDisposal(resource: AsyncDisposable, seconds: () => number, what: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await withLimit(Promise.resolve(resource[Symbol.asyncDispose]()), seconds(), what).catch(() => undefined);
    },
  };
}

/**
 * Holds what `promise` will give: on disposal it is waited for and disposed of, also when nobody waits for it any more. What is
 * still starting when an experiment is interrupted so ends before the guard of its processes does.
 */
export function held(promise: Promise<AsyncDisposable>): AsyncDisposable {
  promise.catch(() => undefined); // whoever awaits it learns of the failure
  return {
    async [Symbol.asyncDispose]() {
      const resource = await promise.catch(() => undefined);
      await resource?.[Symbol.asyncDispose]();
    },
  };
}
