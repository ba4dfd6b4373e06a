import { expect, it } from 'vitest';
import { BystanderSource } from '../../src/bystander/bystander-source.ts';
import { connect } from '../../src/database/database-client.ts';
import { createExperimentDatabase } from '../../src/database/open-database.ts';
import type { Emit } from '../../src/results/rows.ts';
import type { Row } from '../../src/results/tables.ts';
import { systemClock } from '../../src/timing/clock.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { usePrivateServer } from '../support/private-server.ts';

const postgres = usePrivateServer();

function collector() {
  const rows: Row<'bystander'>[] = [];
  const emit: Emit = (_, row) => rows.push(row as Row<'bystander'>);
  return { rows, emit };
}

it('commits each transaction that it tells of, when it was due and not before', async () => {
  await using database = await createExperimentDatabase(postgres.server, 'bystander', { keep: false });
  const { url } = database;
  const { rows, emit } = collector();
  await using bystander = new BystanderSource({ databaseUrl: url, rate: 300, alone_seconds: 1, seed: 7 });
  const startedMs = systemClock.nowMs();
  await bystander.start(emit, new AbortController().signal);
  await bystander.beAlone(systemClock, new AbortController().signal);
  await waitUntil('200 transactions', () => rows.length >= 200);
  expect(await bystander.stop()).toEqual([]);
  for (const { dueMs, sentMs, committedMs, error } of rows) {
    expect(error).toBe('');
    expect(dueMs).toBeGreaterThan(startedMs);
    expect(sentMs).toBeGreaterThanOrEqual(dueMs - 1);
    expect(committedMs).toBeGreaterThan(sentMs);
  }
  await using client = await connect(url);
  const [noted] = await client.query<{ count: number }>('SELECT count(*)::int FROM orchlab_bystander.history');
  expect(noted?.count).toBe(rows.length);
  // Each changed the balance by what it noted; those that opened the connections changed some, too, before the notes were cleared.
  const [changed] = await client.query<{ count: number }>(
    `SELECT count(*)::int FROM orchlab_bystander.accounts
     LEFT JOIN (SELECT account, sum(delta) AS noted FROM orchlab_bystander.history GROUP BY account) AS history ON account = id
     WHERE balance <> coalesce(noted, 0)`,
  );
  expect(changed?.count).toBeLessThanOrEqual(10);
});

it('says that it stopped where its database is gone', async () => {
  await using database = await createExperimentDatabase(postgres.server, 'bystander', { keep: false });
  const { url } = database;
  const { rows, emit } = collector();
  await using bystander = new BystanderSource({ databaseUrl: url, rate: 200, alone_seconds: 1, seed: 7 });
  await bystander.start(emit, new AbortController().signal);
  await waitUntil('its first transactions', () => rows.length > 0);
  await database[Symbol.asyncDispose]();
  await waitUntil('a transaction that fails', () => rows.some(({ error }) => error !== ''));
  expect(await bystander.stop()).toEqual([]);
  expect(rows.find(({ error }) => error !== '')?.committedMs).toBeNaN();
});
