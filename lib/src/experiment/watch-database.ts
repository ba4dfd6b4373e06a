import { type DatabaseClient, connect } from '../database/database-client.ts';
import type { ExperimentDatabase } from '../database/open-database.ts';
import { PlannedOutage } from '../database/planned-outage.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isProcessAlive, readProcessStatus } from '../processes/process-status.ts';
import type { Clock } from '../timing/clock.ts';
import { LimitError, withLimit } from '../timing/with-limit.ts';
import type { Ending } from './ending.ts';

/** From one question to the next. */
const intervalMs = 400;
/** A connection that has been silent for so long may be broken alone: another one is opened beside it. */
const doubtSeconds = 1.5;
/** A server that answers the simplest question on neither for so long hangs; one that is busy with a slow count answers it. */
const answerLimitSeconds = 4;
/** Between two looks at the server's process. */
const processIntervalMs = 500;

/**
 * Ends the experiment as failed when its database is gone, from now until it is disposed of, at most 5 s after it happened:
 * - a connection of its own asks whether it answers, and nothing else, so that no count, however slow, is taken for its end. A connection
 *   that breaks, or is cut off without a word, is no end: another one is tried;
 * - where the server is a process of this machine, as soon as that is gone: a connection may take many seconds to tell. Whatever fails
 *   after it (a scheduler, a query) is its echo.
 */
export async function watchDatabase(
  database: Pick<ExperimentDatabase, 'url' | 'postmasterPid'>,
  ending: Ending,
  clock: Clock,
  outage: PlannedOutage = new PlannedOutage(() => clock.nowMs()),
): Promise<AsyncDisposable> {
  const { url } = database;
  const stopping = new AbortController();
  let client = await connect(url);
  const server = watchProcess(database, ending, outage, clock);
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.waitUntil(clock.nowMs() + intervalMs, stopping.signal);
      const askedMs = clock.nowMs();
      try {
        client = await livingConnection(client, url, stopping.signal);
      } catch (error) {
        stopping.signal.throwIfAborted();
        if (outage.wasOn(askedMs)) continue;
        // A server that is ending closes its socket a moment before its process is gone, and that it ended says more than that it refuses.
        if (!(error instanceof SilenceError))
          await clock.waitUntil(clock.nowMs() + 2 * processIntervalMs, AbortSignal.any([stopping.signal, ending.lost]));
        ending.lose(`the database did not answer any more: ${reasonOf(error)}`);
        return;
      }
    }
  };
  const watching = watch().catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      server[Symbol.dispose]();
      stopping.abort();
      await watching;
      // Where the database is gone it has been left.
      if (ending.lost.aborted) return;
      await withLimit(Promise.resolve(client[Symbol.asyncDispose]()), doubtSeconds, 'closing a connection').catch(() => undefined);
    },
  };
}

/** It was asked, and said neither yes nor no. */
class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** Resolves with a connection that has answered: the one there is, or another where that is broken or silent. Rejects when neither has in time. */
async function livingConnection(client: DatabaseClient, url: string, signal: AbortSignal): Promise<DatabaseClient> {
  const asked = ask(client);
  const isSure = await withLimit(asked, doubtSeconds, '', signal).then(
    () => true,
    async (error: unknown) => !(error instanceof LimitError) && signal.aborted,
  );
  if (isSure) return client;
  // Where the server hangs it never ends.
  const leave = (unused: DatabaseClient): void => void Promise.resolve(unused[Symbol.asyncDispose]()).catch(() => undefined);
  const connecting = connect(url);
  const other = connecting.then(async (fresh) => {
    await ask(fresh);
    return fresh;
  });
  const answered = Promise.any([asked.then(() => client), other]);
  try {
    const living = await withLimit(answered, answerLimitSeconds - doubtSeconds, '', signal).catch(async (error: unknown) => {
      // When this thread itself stood still, the answer is there and has not been read.
      await nextTurn();
      return withLimit(answered, intervalMs / 1000 / 2, '', signal).catch(() => {
        throw error;
      });
    });
    if (living === client) connecting.then(leave, () => undefined);
    else leave(client);
    return living;
  } catch (error) {
    connecting.then(leave, () => undefined);
    leave(client);
    signal.throwIfAborted();
    if (error instanceof LimitError)
      throw new SilenceError(`no answer within ${answerLimitSeconds} s, on a new connection neither`, { cause: error });
    throw error instanceof AggregateError ? (error.errors.at(-1) as Error) : error;
  }
}

async function ask(client: DatabaseClient): Promise<void> {
  // Of a table, so that Postgres counts it as orchlab does: it reports no transaction of a backend that has touched none (pgstat_report_stat of 18).
  const asking = client.query('SELECT /* orchlab */ FROM pg_database WHERE datname = current_database()');
  asking.catch(() => undefined); // it may be nobody's by then
  await asking;
}

function watchProcess(
  database: Pick<ExperimentDatabase, 'postmasterPid'>,
  ending: Ending,
  outage: PlannedOutage,
  clock: Clock,
): Disposable {
  const identityOf = (pid: number | undefined) => ({ pid, startTime: pid === undefined ? undefined : readProcessStatus(pid)?.startTime });
  let server = identityOf(database.postmasterPid);
  if (server.startTime === undefined) return { [Symbol.dispose]: () => undefined };
  const findCause = (): string | undefined => {
    // One that a fault has started again.
    if (database.postmasterPid !== server.pid) server = identityOf(database.postmasterPid);
    const { pid, startTime } = server;
    if (pid === undefined || startTime === undefined || isProcessAlive(pid, startTime) || outage.wasOn(clock.nowMs())) return undefined;
    return `the Postgres server (process ${pid}) ended while it was needed: it was killed, stopped or ran out of memory. The log of the kernel (dmesg, journalctl -k) names what it killed for want of memory; then run it again`;
  };
  ending.findCause = findCause;
  const timer = setInterval(() => {
    const cause = findCause();
    if (cause !== undefined) ending.lose(cause);
  }, processIntervalMs);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      // From now on it is let go.
      ending.findCause = () => undefined;
    },
  };
}
