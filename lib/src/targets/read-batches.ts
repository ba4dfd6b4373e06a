import type pg from 'pg';
import Cursor from 'pg-cursor';

/**
 * Reads a query's rows in batches through a cursor, so that memory does not grow with the number of tasks.
 *
 * Throws when the connection breaks, however: between two batches, too.
 */
export async function* readBatches<R extends object>(pool: pg.Pool, sql: string, values: unknown[], batchRows = 1000): AsyncGenerator<R[]> {
  const client = await pool.connect();
  const breaking = new AbortController();
  const onError = (error: Error): void => breaking.abort(error);
  // The pool listens to idle connections only: without a listener the error would end this process.
  client.on('error', onError);
  let failure: Error | undefined;
  try {
    const cursor = client.query(new Cursor<R>(sql, values));
    try {
      for (;;) {
        const rows = await unlessAborted(cursor.read(batchRows), breaking.signal);
        if (rows.length === 0) return;
        yield rows;
      }
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      // On a connection that is dead it would never answer.
      if (!failure) await unlessAborted(cursor.close(), breaking.signal).catch((error: unknown) => (failure = error as Error));
    }
  } finally {
    client.off('error', onError);
    if (failure) client.on('error', () => undefined);
    client.release(failure);
  }
}

/** Settles as `promise` does, or rejects with the reason of the abort. Nothing of it outlives that: with Promise.race and one promise for all reads, that promise held what every read had given. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined); // before anything throws
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
