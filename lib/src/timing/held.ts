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
