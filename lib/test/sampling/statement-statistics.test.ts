import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnTransactions, ownTransactions } from '../../src/database/own-work.ts';
import { withDatabase } from '../../src/database/database-url.ts';
import { createExperimentDatabase, type ExperimentDatabase } from '../../src/database/open-database.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { postgresReader } from '../../src/sampling/postgres-sampler.ts';
import { presentable, statementReader } from '../../src/sampling/statement-statistics.ts';
import { openOwnPool } from '../../src/targets/target-pool.ts';
import { systemClock } from '../../src/timing/clock.ts';
import { waitUntil } from '../processes/wait-until.ts';

const postgres = usePrivateServer();
let database: ExperimentDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createExperimentDatabase(postgres.server, 'lane');
  pool = quietPool(database.url, 'orchlab sampler');
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** A database that is dropped ends connections that are just about to close: that is nobody's error. */
function quietPool(connectionString: string, application_name = ''): pg.Pool {
  const made = new pg.Pool({ connectionString, max: 1, application_name });
  made.on('error', () => undefined);
  made.on('connect', (client) => client.on('error', () => undefined));
  return made;
}

async function connect(url = database.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe('statementReader', () => {
  it("counts the experiment's statements from reading to reading, without literals and without its own", async () => {
    const engine = await connect();
    await engine.query('CREATE TABLE jobs (id int, secret text)');
    for (let id = 0; id < 5; id++) await engine.query(`INSERT INTO jobs VALUES (${id}, 'before')`);
    await engine.query('CREATE ROLE somebody');
    const read = await statementReader(pool, systemClock);
    for (let id = 0; id < 7; id++) await engine.query(`INSERT INTO jobs VALUES (${id}, 'hunter2')`);
    await engine.query(`UPDATE jobs SET secret = 'hunter3' WHERE id < 100 AND pg_sleep(0.01) IS NOT NULL`);
    await engine.query(`ALTER ROLE somebody PASSWORD 'hunter4'`);
    await engine.query(`NOTIFY jobs, 'hunter5'`);
    const elsewhere = await connect(withDatabase(postgres.server.url, 'postgres'));
    await elsewhere.query('SELECT 1 AS another_database');
    await elsewhere.end();

    const first = await read();
    const indexOf = (start: string): number => first.statements.find(({ query }) => query.startsWith(start))?.statementIndex ?? -1;
    const of = ({ statementReadings }: typeof first, start: string) =>
      statementReadings.find(({ statementIndex }) => statementIndex === indexOf(start));
    expect(first.statementReadings[0]?.statementIndex).toBe(indexOf('UPDATE jobs SET secret = $1'));
    expect(first.statementReadings[0]).toMatchObject({ calls: 1, rows: 12 });
    expect(first.statementReadings[0]?.seconds).toBeGreaterThan(0.12);
    expect(of(first, 'INSERT INTO jobs')).toMatchObject({ calls: 7, rows: 7 });
    expect(of(first, 'INSERT INTO jobs')?.blocks).toBeGreaterThanOrEqual(7);
    expect(first.statements.map(({ query }) => query)).toEqual(expect.arrayContaining(['ALTER ROLE …', 'NOTIFY jobs …']));
    const text = JSON.stringify(first);
    for (const hidden of ['hunter', 'before', 'another_database', 'pg_stat_statements', 'CREATE TABLE']) expect(text).not.toContain(hidden);

    expect(await read()).toEqual({ statements: [], statementReadings: [] });
    const quietMs = systemClock.nowMs();
    for (let id = 0; id < 3; id++) await engine.query(`INSERT INTO jobs VALUES (${id}, 'hunter2')`);
    await engine.end();
    const second = await read();
    expect(second.statements).toEqual([]);
    expect(second.statementReadings).toHaveLength(1);
    expect(of(second, 'INSERT INTO jobs')).toMatchObject({ calls: 3, rows: 3 });
    expect(of(second, 'INSERT INTO jobs')?.sinceMs).toBeLessThanOrEqual(quietMs);
    expect(of(second, 'INSERT INTO jobs')?.sinceMs).toBeGreaterThan(first.statementReadings[0]?.atMs ?? Infinity);
  });

  it('has none, and no error, where the extension may not be made', async () => {
    const admin = await connect();
    await admin.query(`CREATE ROLE nobody LOGIN PASSWORD 'x'`);
    await admin.end();
    await using other = await createExperimentDatabase(postgres.server, 'plain');
    const url = new URL(other.url);
    url.username = 'nobody';
    url.password = 'x';
    const poor = quietPool(url.href);
    expect(await (await statementReader(poor, systemClock))()).toEqual({ statements: [], statementReadings: [] });
    await poor.end();
  });
});

describe('presentable', () => {
  it.each([
    ['SELECT  a\n FROM b WHERE c = $1', 'SELECT a FROM b WHERE c = $1'],
    [
      `SELECT * FROM a WHERE b = 'it''s' AND c = E'x' AND d = $$y$$ AND e = $1`,
      'SELECT * FROM a WHERE b = ? AND c = ? AND d = ? AND e = $1',
    ],
    [`SELECT E'a\\'b', 'c\\', d`, 'SELECT ?, ?, d'],
    [`SELECT 'never ends`, 'SELECT ?'],
    ['/* orm */ select 1', '/* orm */ select 1'],
    [`CREATE USER x PASSWORD 'y'`, 'CREATE USER …'],
    [`SET password = 'y'`, 'SET password …'],
    [`DO $$ secret $$`, 'DO …'],
    ['BEGIN', 'BEGIN'],
    ['LISTEN jobs', 'LISTEN jobs'],
  ])('%s', (query, expected) => expect(presentable(query)).toBe(expected));

  it('cuts what is long', () => {
    expect(presentable(`SELECT ${'a, '.repeat(1000)}b`)).toHaveLength(500);
  });
});

describe('postgresReader', () => {
  it('counts connections by state, what they wait for, and what was committed and stored', async () => {
    const [blocker, blocked, idle] = [await connect(), await connect(), await connect()];
    await blocker.query('CREATE TABLE stock (id int); INSERT INTO stock SELECT generate_series(1, 1000)');
    // What the pool did in the tests before is not to be reported in this one.
    await pool.query('SELECT pg_stat_force_next_flush()');
    const counted = new OwnTransactions();
    counted.countPool(pool);
    // What orchlab asks in between, as for the runs in flight of a closed loop.
    const looking = openOwnPool(database.url);
    const read = postgresReader(pool, systemClock, () => counted.value + ownTransactions.value);
    const first = await read();
    expect(first.postgres).toMatchObject({ commits: 0, walBytes: 0, rollbacks: 0 });
    expect(first.postgres.tablesBytes).toBeGreaterThan(30_000);
    expect(first.postgres.databaseBytes).toBeGreaterThan(first.postgres.tablesBytes);
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE stock');
    const waiting = blocked.query('DELETE FROM stock');
    let rows = await read();
    await waitUntil('the second waits for the lock', async () =>
      (rows = await read()).waits.some(({ waitEventType }) => waitEventType === 'Lock'),
    );
    expect(rows.waits).toContainEqual({
      atMs: rows.postgres.atMs,
      waitEventType: 'Lock',
      waitEvent: 'relation',
      subject: 'stock',
      client: 'engine',
      connections: 1,
    });
    expect(rows.postgres).toMatchObject({
      connectionsActive: 1,
      connectionsIdle: 1,
      connectionsIdleInTransaction: 1,
      connectionsWaitingForLock: 1,
    });
    expect(rows.postgres.tablesBytes).toBeNaN(); // sizes are read less often
    await blocker.query('COMMIT');
    await waiting;
    for (let count = 0; count < 50; count++) await idle.query('SELECT 1');
    for (let count = 0; count < 300; count++) await looking.query('SELECT 1');
    rows = await read();
    expect(rows.ownPids).toHaveLength(2);
    expect(rows.postgres.connectionsActive + rows.postgres.connectionsIdle).toBe(3);
    // A backend that ends reports what it has.
    await looking.end();
    await Promise.all([blocker, blocked, idle].map(async (client) => client.end()));
    // The two of the lock, and the 50; none of orchlab's own, which are taken off when they are reported.
    const isReported = (commits: number): boolean => commits >= 52 && commits < 52 + 5;
    await waitUntil('all has been reported, and no more', async () => isReported((rows = await read()).postgres.commits));
    expect(rows.postgres.ownTransactions).toBeGreaterThan(301);
    expect(rows.postgres.walBytes).toBeGreaterThan(50_000);
  });
});
