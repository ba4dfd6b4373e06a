import { withLimit } from './with-limit.ts';

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

/** The disposal of `resource` may take so long, not longer: a database that hangs must not hang what uses it. */
export function limitedDisposal(resource: AsyncDisposable, seconds: number, what: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await withLimit(Promise.resolve(resource[Symbol.asyncDispose]()), seconds, what).catch(() => undefined);
    },
  };
}
