import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect } from '../../src/database/database-client.ts';
import { DatabaseError, type DatabaseServer } from '../../src/database/database-server.ts';
import { createExperimentDatabase } from '../../src/database/experiment-database.ts';
import { cleanDatabases, initializeDatabase } from '../../src/database/manage-databases.ts';
import { openServer } from '../../src/database/open-database.ts';
import { startPrivateServer } from '../../src/database/private-server.ts';
import { type Guard, startGuard } from '../../src/processes/guard.ts';
import { makeScratch } from './scratch.ts';

let guard: Guard;
let host: DatabaseServer;
let url: string;

beforeAll(async () => {
  guard = startGuard();
  host = await startPrivateServer({ guard });
  await using client = await connect(host.url);
  await client.query("create role maker login createdb password 's3cret'");
  await client.query("create role reader login password 's3cret'");
  url = host.url.replace(/\/\/[^@]+@/, '//maker:s3cret@');
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await guard[Symbol.asyncDispose]();
});

async function failure(action: Promise<unknown>): Promise<DatabaseError> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error as DatabaseError;
}

describe('DATABASE_URL', () => {
  test('is used, and its server is recognised as one of this machine', async () => {
    await using server = await openServer({ guard, databaseUrl: url });
    expect(server).toMatchObject({ kind: 'external', url, version: host.version });
    expect(server.settings['max_connections']).toBe('300');
    expect(server.postmasterPid).toBe(process.platform === 'linux' ? host.postmasterPid : undefined);
    await using database = await createExperimentDatabase(server, 'external');
    expect(database).toMatchObject({ kind: 'external', kept: false });
    await using client = await connect(database.url);
    expect(await client.query('select current_user as name')).toEqual([{ name: 'maker' }]);
  });

  test.each(['PGPASSWORD', 'PGPASSFILE'])('without a password takes that of %s, and hands it on in the URL', async (variable) => {
    await using scratch = await makeScratch();
    const passwords = join(scratch.path, 'pgpass');
    await writeFile(passwords, '127.0.0.1:*:*:maker:s3cret\n', { mode: 0o600 });
    vi.stubEnv(variable, variable === 'PGPASSWORD' ? 's3cret' : passwords);
    try {
      await using server = await openServer({ guard, databaseUrl: url.replace(':s3cret', '') });
      await using database = await createExperimentDatabase(server, 'external');
      vi.unstubAllEnvs(); // a scheduler has neither
      expect(new URL(database.url).password).toBe('s3cret');
      await using client = await connect(database.url);
      expect(await client.query('select current_user as name')).toEqual([{ name: 'maker' }]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('of a user who may not create databases: says what to do', async () => {
    await using server = await openServer({ guard, databaseUrl: url.replace('maker', 'reader') });
    const error = await failure(createExperimentDatabase(server, 'x'));
    expect(error.message).toMatch(/^user "reader" may not create databases at database "postgres" as user "reader" at 127.0.0.1:\d+/);
    expect(error.message).toContain('ALTER ROLE "reader" CREATEDB');
  });

  test.each([
    [
      'a wrong password',
      (good: string) => good.replace('s3cret', 'wr0ng'),
      /password authentication failed.*Check the user and the password/,
    ],
    [
      'no password',
      (good: string) => good.replace(':s3cret', ''),
      /The server asks for a password: put it into DATABASE_URL, PGPASSWORD or PGPASSFILE$/,
    ],
    [
      'an @ in the wrong password',
      (good: string) => good.replace('s3cret', 's3@wr0ng'),
      /at 127\.0\.0\.1:\d+: password authentication failed.*The password has an @ that is not percent-encoded: write it as %40/,
    ],
    [
      'no such database',
      (good: string) => good.replace('/postgres', '/missing'),
      /database "missing" as user "maker" at 127.0.0.1.*does not exist\. Name a database that exists/,
    ],
    [
      'nobody at the port',
      (good: string) => good.replace(/:\d+\//, ':1/'),
      /at 127\.0\.0\.1:1: connect ECONNREFUSED 127\.0\.0\.1:1\. Check that the server runs/,
    ],
    [
      'an unknown host',
      (good: string) => good.replace('127.0.0.1', 'no-such-host.invalid'),
      /at no-such-host\.invalid:\d+: .*Check the host name|no-such-host/,
    ],
  ])('with %s: one error that shows where, why and what to do, and no password', async (_, change, message) => {
    const error = await failure(openServer({ guard, databaseUrl: change(url) }));
    expect(error.message).toMatch(/^could not connect to database "/);
    expect(error.message).toMatch(message);
    expect(`${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.cause)}`).not.toMatch(/s3cret|wr0ng/);
  });

  test('of something that never answers: an error, not a wait for ever', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const startMs = performance.now();
    const error = await failure(openServer({ guard, databaseUrl: url.replace(/:\d+\//, `:${port}/`) }));
    expect(performance.now() - startMs).toBeLessThan(60_000);
    expect(error.message).toContain(`at 127.0.0.1:${port}: timeout expired`);
    silent.close();
  });
});

test('cleanDatabases drops what experiments left, not what is in use or anybody else made', async () => {
  await using server = await openServer({ guard, databaseUrl: url });
  const left = await createExperimentDatabase(server, 'left', { keep: true });
  const used = await createExperimentDatabase(server, 'used', { keep: true });
  await using client = await connect(server.url);
  await client.query('create database orchlab_mine_01234567');
  const own = await initializeDatabase(server);
  expect(new URL(own).pathname).toBe('/orchlab');
  expect(await initializeDatabase(server)).toBe(own);
  await using user = await connect(used.url);
  expect(await user.query('select 1 as one')).toEqual([{ one: 1 }]);

  expect(await cleanDatabases(server)).toEqual({ dropped: [left.name], inUse: [used.name] });
  expect(await cleanDatabases(server, { force: true })).toEqual({ dropped: [used.name], inUse: [] });
  const names = await client.query<{ datname: string }>("select datname from pg_database where datname like 'orchlab%' order by 1");
  expect(names.map(({ datname }) => datname)).toEqual(['orchlab', 'orchlab_mine_01234567']);
});

describe('an interrupt', () => {
  test('ends the wait for a server that takes the connection and says nothing', async () => {
    const interruption = new AbortController();
    const silent = createServer((socket) => {
      socket.on('error', () => undefined);
      interruption.abort();
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    // And not by its limit, which says `timeout expired`.
    await expect(openServer({ guard, databaseUrl: `postgres://me@127.0.0.1:${port}/x`, signal: interruption.signal })).rejects.toThrow(
      /could not connect to database "x" .*: interrupted/,
    );
    silent.close();
  });

  test('ends the wait for an answer, and one of before does not connect', async () => {
    const interruption = new AbortController();
    await using client = await connect(url, interruption.signal);
    const asleep = client.query('select pg_sleep(600)');
    interruption.abort();
    await expect(asleep).rejects.toThrow('interrupted');
    await expect(connect(url, interruption.signal)).rejects.toThrow(/abort/);
  });
});
