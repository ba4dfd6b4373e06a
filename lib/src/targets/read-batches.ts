import type pg from 'pg';
import Cursor from 'pg-cursor';

/**
 * Reads a query's rows in batches through a cursor, so that memory does not grow with the number of tasks.
 *
 * Throws when the connection breaks, however: between two batches, too.
 */
export async function* readBatches<R extends object>(pool: pg.Pool, sql: string, values: unknown[], batchRows = 1000): AsyncGenerator<R[]> {
  const client = await pool.connect();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined); // it is raced with each read, and there may be none
  // The pool listens to idle connections only: without a listener the error would end this process.
  client.on('error', broken.reject);
  let failure: Error | undefined;
  try {
    const cursor = client.query(new Cursor<R>(sql, values));
    try {
      for (;;) {
        const rows = await Promise.race([cursor.read(batchRows), broken.promise]);
        if (rows.length === 0) return;
        yield rows;
      }
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      // On a connection that is dead it would never answer.
      if (!failure) await Promise.race([cursor.close(), broken.promise]).catch((error: unknown) => (failure = error as Error));
    }
  } finally {
    client.off('error', broken.reject);
    if (failure) client.on('error', () => undefined);
    client.release(failure);
  }
}
