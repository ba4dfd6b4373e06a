import { connect } from '../database/database-client.ts';
import { reasonOf } from '../errors/error-reason.ts';
import type { Clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';
import type { Ending } from './ending.ts';

/** From one question to the next. */
const intervalMs = 1000;
/** A server that does not answer the simplest question for so long hangs; one that is busy with a slow count answers it. */
const answerLimitSeconds = 4;

/**
 * Ends the experiment as failed when its database answers no more: asked by a connection of its own whether it lives, and nothing else, so
 * that no count, however slow, is taken for its end.
 *
 * A connection that breaks is opened anew once: the server may have ended it alone.
 */
export async function watchDatabase(databaseUrl: string, ending: Ending, clock: Clock): Promise<AsyncDisposable> {
  const stopping = new AbortController();
  let client = await connect(databaseUrl);
  const ask = async (): Promise<unknown> =>
    withLimit(client.query('SELECT /* orchlab */ 1'), answerLimitSeconds, 'a question to the database', stopping.signal);
  const isThere = async (): Promise<unknown> => {
    try {
      return await ask();
    } catch {
      stopping.signal.throwIfAborted();
      const broken = client;
      broken[Symbol.asyncDispose]().then(undefined, () => undefined); // on a server that hangs it never ends
      client = await withLimit(connect(databaseUrl), answerLimitSeconds, 'connecting to the database', stopping.signal);
      return ask();
    }
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.waitUntil(clock.nowMs() + intervalMs, stopping.signal);
      try {
        await isThere();
      } catch (error) {
        stopping.signal.throwIfAborted();
        ending.end('failed', `the database did not answer any more: ${reasonOf(error)}`);
        return;
      }
    }
  };
  const watching = watch().catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await watching;
      await withLimit(Promise.resolve(client[Symbol.asyncDispose]()), answerLimitSeconds, 'closing a connection').catch(() => undefined);
    },
  };
}
