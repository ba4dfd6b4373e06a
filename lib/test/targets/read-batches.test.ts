import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { usePrivateServer } from '../support/private-server.ts';
import { readBatches } from '../../src/targets/read-batches.ts';
import { openPool } from '../../src/targets/target-pool.ts';

const postgres = usePrivateServer();

/** Which it is depends on whether the server's last words or the end of the connection are read first, or we write before either. */
const brokenConnection = /terminating connection|Connection terminated|ECONNRESET|EPIPE/;

const kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'read'";

it('tells of a connection that breaks between two batches, and leaves the pool usable', async () => {
  const pool = openPool(postgres.server.url, { max: 1, application_name: 'read' });
  const killer = openPool(postgres.server.url, { max: 1 });
  const read = async (): Promise<number> => {
    let count = 0;
    for await (const rows of readBatches<{ n: number }>(pool, 'SELECT generate_series(1, $1::int) AS n', [5000], 100)) {
      if (count === 0) await killer.query(kill);
      count += rows.length;
    }
    return count;
  };
  await expect(read()).rejects.toThrow(brokenConnection);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await Promise.all([pool.end(), killer.end()]);
});

it('tells of a connection that breaks while a batch is awaited', async () => {
  const pool = openPool(postgres.server.url, { max: 1, application_name: 'read' });
  const killer = openPool(postgres.server.url, { max: 1 });
  const rows = readBatches(pool, 'SELECT pg_sleep(60)', []).next();
  rows.catch(() => undefined); // it may reject before the expectation below is there to see it
  // It reads as soon as the server has it.
  const isReading = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'read' AND state = 'active'";
  await expect.poll(async () => (await killer.query<{ count: number }>(isReading)).rows[0]?.count, { timeout: 10_000 }).toBe(1);
  await killer.query(kill);
  await expect(rows).rejects.toThrow(brokenConnection);
  await Promise.all([pool.end(), killer.end()]);
});

it('lets go of a connection whose reader has seen enough', async () => {
  const pool = openPool(postgres.server.url, { max: 1, application_name: 'read' });
  for await (const rows of readBatches(pool, 'SELECT generate_series(1, 5000)', [])) {
    expect(rows).toHaveLength(1000);
    break;
  }
  expect([pool.idleCount, pool.totalCount]).toEqual([1, 1]);
  await pool.end();
});

it('holds no batch that its reader has let go, however many follow', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const pool = openPool(postgres.server.url, { max: 1 });
  const batches: WeakRef<readonly object[]>[] = [];
  let alive: number | undefined;
  for await (const rows of readBatches(pool, 'SELECT generate_series(1, 2000)', [], 100)) {
    batches.push(new WeakRef(rows));
    if (batches.length < 20) continue;
    // What a WeakRef was made of lives until the turn ends.
    await sleep(1);
    collectGarbage();
    alive = batches.filter((batch) => batch.deref()).length;
  }
  expect(batches).toHaveLength(20);
  // The last one, and what the generator has in hand.
  expect(alive).toBeLessThanOrEqual(3);
  await pool.end();
});
