import type pg from 'pg';

const hourMs = 3_600_000;

/**
 * When the tasks of a history were made, epoch milliseconds: over a day, up to an hour ago. None of an experiment's own can be taken for one of them
 * then, and engines that delete what is a week old keep them.
 */
export interface HistorySpan {
  readonly fromMs: number;
  /** From one of its `items` to the next. */
  readonly stepMs: number;
  /** What was made from here on is the experiment's own. */
  readonly ownFromMs: number;
}

/** The span of a history of so many items, by the database's clock. */
export async function historySpan(pool: pg.Pool, items: number): Promise<HistorySpan> {
  const { rows } = await pool.query<{ ms: number }>('SELECT /* orchlab */ extract(epoch FROM now())::float8 * 1000 AS ms');
  const nowMs = rows[0]?.ms ?? Number.NaN;
  return { fromMs: nowMs - 25 * hourMs, stepMs: (24 * hourMs) / items, ownFromMs: nowMs - hourMs / 2 };
}

/** Items that one statement adds: so that an experiment that is interrupted waits for no more. */
const batch = 100_000;

/** Calls `add` with the first and last number of one batch after the other, of the numbers from 0 up to `items`. */
export async function inBatches(items: number, add: (first: number, last: number) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < items; first += batch) await add(first, Math.min(items, first + batch) - 1);
}
