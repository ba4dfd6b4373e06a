import type pg from 'pg';
import { historySpan, inBatches } from '../history-span.ts';
import { type PgBossOptions, schema } from './names.ts';

/** A completed job as pg-boss 12.38 leaves it: what is not named has pg-boss' own default. */
const jobsSql = `
  INSERT INTO ${schema}.job (name, data, state, retry_limit, expire_seconds, start_after, created_on, started_on, completed_on, heartbeat_on, keep_until, output, policy)
  SELECT $5, jsonb_build_object('runId', md5('history ' || job / $6::int)::uuid, 'taskIndex', job % $6::int), 'completed', $7::int, $8::int,
    made, made, made + interval '0.5 s', made + interval '1 s', made + interval '0.5 s', made + interval '14 days',
    jsonb_build_object('startedMs', extract(epoch FROM made) * 1000), 'standard'
  FROM generate_series($1::int, $2::int) AS job
  CROSS JOIN LATERAL (SELECT to_timestamp(($3::float8 + $4::float8 * job) / 1000) AS made) AS moment`;

/** Adds so many completed jobs, and answers from when on jobs are not of them, epoch milliseconds. */
export async function addPgBossHistory(
  pool: pg.Pool,
  queue: { readonly name: string; readonly tasksPerRun: number; readonly expireInSeconds: number } & Pick<PgBossOptions, 'retryLimit'>,
  jobs: number,
): Promise<number> {
  const { name, tasksPerRun, retryLimit, expireInSeconds } = queue;
  const { fromMs, stepMs, ownFromMs } = await historySpan(pool, jobs);
  await inBatches(jobs, async (first, last) =>
    pool.query(jobsSql, [first, last, fromMs, stepMs, name, tasksPerRun, retryLimit, expireInSeconds]),
  );
  return ownFromMs;
}
