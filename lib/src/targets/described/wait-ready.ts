import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { linearPattern } from '../../config/linear-pattern.ts';
import { withLimit } from '../../timing/with-limit.ts';
import { type Values, fill, fillValue } from './placeholders.ts';
import type { Readiness } from './target-schema.ts';

const intervalMs = 25;

export interface ReadyWait {
  readonly ready: Readiness;
  readonly values: Values;
  readonly logPath: string;
  /** Where in the log this process begins: a scheduler that is started again writes on in it. */
  readonly logBegins?: number;
  readonly pool: pg.Pool;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Resolves with true when the scheduler takes work, with false when that took too long or was aborted. */
export async function waitReady(wait: ReadyWait): Promise<boolean> {
  const isReady = probe(wait);
  const endMs = performance.now() + wait.ready.seconds * 1000;
  while (!wait.signal.aborted) {
    if (await isReady()) return true;
    if (performance.now() > endMs) return false;
    await sleep(intervalMs);
  }
  return false;
}

function probe({ ready, values, logPath, logBegins = 0, pool }: ReadyWait): () => boolean | Promise<boolean> {
  if (ready.log !== undefined) {
    const pattern = linearPattern(ready.log, { multiline: true });
    return () => pattern.isIn(readFileSync(logPath).subarray(logBegins).toString('utf8'));
  }
  if (ready.http !== undefined) {
    const url = fill(ready.http, values);
    return async () => {
      try {
        return (await fetch(url, { signal: AbortSignal.timeout(1000) })).status < 500;
      } catch {
        return false; // nobody listens yet
      }
    };
  }
  const sql = ready.sql ?? '';
  const parameters = (ready.parameters ?? []).map((value) => fillValue(value, values));
  return async () => {
    try {
      const asking = pool.query<unknown[]>({ text: sql, values: parameters, rowMode: 'array' });
      const { rows } = await withLimit(asking, ready.seconds, 'the SQL of scheduler.ready');
      return rows[0]?.[0] === true;
    } catch {
      return false; // its tables may not be there yet
    }
  };
}
