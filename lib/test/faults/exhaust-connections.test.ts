import { expect, it } from 'vitest';
import { connect } from '../../src/database/database-client.ts';
import { PlannedOutage } from '../../src/database/planned-outage.ts';
import { exhaustConnections } from '../../src/faults/database-faults.ts';
import { systemClock } from '../../src/timing/clock.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { usePrivateServer } from '../support/private-server.ts';

const postgres = usePrivateServer();
const applications = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'fault'`;

it('exhaust: connections takes every connection that the server has left, and gives them back', async () => {
  const { url } = postgres.server;
  await using client = await connect(url);
  const [limits] = await client.query<{ count: number }>(`SELECT current_setting('max_connections')::int AS count`);
  const told: string[] = [];
  let duringCount = 0;
  let duringError: unknown;
  await exhaustConnections(
    {
      schedulers: { all: [], running: () => [], expectEnd: () => expect.unreachable(), restart: () => expect.unreachable() },
      rolePatterns: [],
      database: { url, kind: 'embedded', name: 'postgres' },
      outage: new PlannedOutage(() => 0),
      proxy: undefined,
      clock: systemClock,
      choose: ([first]) => first,
      signal: new AbortController().signal,
      begins: (subject, detail) => void told.push(`${subject}: ${detail}`),
      ends: () => undefined,
      note: () => undefined,
      async wait() {
        [{ count: duringCount } = { count: 0 }] = await client.query<{ count: number }>(applications);
        duringError = await connect(url).catch((error: unknown) => error);
      },
    },
    { exhaust: 'connections', at: 0, for: 1, seed: 1 },
  );
  expect(String(duringError)).toMatch(/The server has no connection left/);
  // One is the test's own.
  expect(duringCount).toBe((limits?.count ?? 0) - 1);
  expect(told).toEqual([
    'connections: ',
    expect.stringMatching(new RegExp(`^connections: ${duringCount} taken, then: .*too many clients`)),
  ]);
  await waitUntil('all are given back', async () => (await client.query<{ count: number }>(applications))[0]?.count === 0);
});
