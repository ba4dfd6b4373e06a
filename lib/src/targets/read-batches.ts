import type pg from 'pg';
import Cursor from 'pg-cursor';

/** Reads a query's rows in batches through a cursor, so that memory does not grow with the number of tasks. */
export async function* readBatches<R extends object>(pool: pg.Pool, sql: string, values: unknown[], batchRows = 1000): AsyncGenerator<R[]> {
  const client = await pool.connect();
  const cursor = client.query(new Cursor<R>(sql, values));
  try {
    for (;;) {
      const rows = await cursor.read(batchRows);
      if (rows.length === 0) return;
      yield rows;
    }
  } finally {
    await cursor.close();
    client.release();
  }
}
