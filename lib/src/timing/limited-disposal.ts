import { withLimit } from './with-limit.ts';

/** The disposal of `resource` may take so long, not longer: a database that hangs must not hang what uses it. */
export function limitedDisposal(resource: AsyncDisposable, seconds: number, what: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await withLimit(Promise.resolve(resource[Symbol.asyncDispose]()), seconds, what).catch(() => undefined);
    },
  };
}
